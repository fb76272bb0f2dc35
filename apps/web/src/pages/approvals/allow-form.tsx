import { Button, NativeSelect, NumberInput, Stack } from '@mantine/core';
import { compactScope, counted, type Detail } from '@writ/core';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import { useChange } from '../../api/queries.ts';
import { Inert } from '../../parts/inert.tsx';
import { Scopes } from '../../parts/scope.tsx';
import { narrowingOf } from '../../parts/scope-words.ts';
import { Failure } from '../../parts/states.tsx';
import classes from './approvals.module.css';
import { type AnswerProps, lengthOf } from './words.ts';

/** How long a standing yes may last, in seconds; the shortest first. */
const LASTS = [900, 3_600, 14_400, 86_400, 604_800] as const;
const MOST_USES = 1_000;

/** A yes beforehand, counted down: the same operations on the same things, of this task, so many times, for so long. */
export function AllowForm({ approval, dead, done }: AnswerProps) {
  const [uses, setUses] = useState<number | string>(5);
  const [lasts, setLasts] = useState<number>(3_600);
  const offer = approval.offers.find(({ kind }) => kind === 'allowance');
  const allow = useChange('allowances.create', (input) => ({
    title: 'Allow for this task',
    what: (
      <>
        <Inert text={wholeText(input.detail)} />. Nobody is asked until it ends,{' '}
        {limitText(input.uses, input.expires_in)}.
      </>
    ),
  }));
  if (offer?.detail === undefined) return null;
  const { detail } = offer;
  const isCount = Number.isInteger(uses) && Number(uses) >= 1 && Number(uses) <= MOST_USES;
  const send = (): void =>
    allow.mutate(
      { client_id: approval.client_id, task_id: approval.task.id, detail, uses: Number(uses), expires_in: lasts },
      {
        onSuccess: async () => done(await call('approvals.get', { id: approval.id })),
      },
    );
  return (
    <Stack gap="md">
      <div>
        <p className={classes.small}>For this task of this client alone:</p>
        <Scopes details={[detail]} />
      </div>
      <div className={classes.ways}>
        <NumberInput
          label="How many operations"
          min={1}
          max={MOST_USES}
          allowDecimal={false}
          clampBehavior="strict"
          value={uses}
          error={isCount ? undefined : `Must be a number from 1 to ${MOST_USES}.`}
          onChange={setUses}
        />
        <NativeSelect
          label="For how long"
          data={LASTS.map((seconds) => ({ value: String(seconds), label: lengthOf(seconds) }))}
          value={String(lasts)}
          onChange={(event) => setLasts(Number(event.currentTarget.value))}
        />
      </div>
      <p className={classes.small}>
        It ends {isCount ? limitText(Number(uses), lasts) : 'when it is used up'}, with its task, or when somebody ends
        it, whichever is first. What waits goes on by itself as soon as the client repeats it, and counts.
      </p>
      <Failure error={allow.error} />
      <Button size="md" disabled={dead || !isCount} loading={allow.isPending} onClick={send}>
        Allow for this task
      </Button>
    </Stack>
  );
}

function limitText(uses: number, seconds: number): string {
  return `after ${counted(uses, 'operation', 'operations')} or ${lengthOf(seconds)}`;
}

function wholeText(detail: Detail): string {
  const pieces = compactScope(detail).map((piece) => `${detail.connection}/${piece}`);
  return [...pieces, ...narrowingOf(detail)].join(', ');
}
