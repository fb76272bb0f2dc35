import { Button, NativeSelect, NumberInput, Stack } from '@mantine/core';
import { compactScope } from '@writ/core';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import { useChange } from '../../api/queries.ts';
import { Inert } from '../../parts/inert.tsx';
import { Failure } from '../../parts/states.tsx';
import classes from './approvals.module.css';
import { type AnswerProps, lengthOf } from './words.ts';

/** How long a standing yes may last, in seconds; the shortest first. */
const LASTS = [900, 3_600, 14_400, 86_400, 604_800] as const;

/** A yes beforehand, counted down: the same operations on the same things, of this task, so many times, for so long. */
export function AllowForm({ approval, dead, done }: AnswerProps) {
  const [uses, setUses] = useState<number | string>(5);
  const [lasts, setLasts] = useState<number>(3_600);
  const offer = approval.offers.find(({ kind }) => kind === 'allowance');
  const allow = useChange('allowances.create', {
    title: 'Allow for this task',
    what: 'Its requests pass without asking anybody, until they are used up, or the time or the task is over.',
  });
  if (offer?.detail === undefined) return null;
  const { detail } = offer;
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
        <ul className={classes.plainList}>
          {compactScope(detail).map((piece) => (
            <li key={piece}>
              <code>{<Inert text={`${detail.connection}/${piece}`} />}</code>
            </li>
          ))}
          {detail.resources === undefined ? null : (
            <li>
              only of <code>{<Inert text={detail.resources.join(', ')} />}</code>
            </li>
          )}
        </ul>
      </div>
      <div className={classes.ways}>
        <NumberInput
          label="How many operations"
          min={1}
          max={1_000}
          allowDecimal={false}
          clampBehavior="strict"
          value={uses}
          onChange={setUses}
        />
        <NativeSelect
          label="For how long"
          data={LASTS.map((seconds) => ({ value: String(seconds), label: lengthOf(seconds) }))}
          value={String(lasts)}
          onChange={(event) => setLasts(Number(event.currentTarget.value))}
        />
      </div>
      <p className={classes.small}>What waits goes on by itself as soon as the agent repeats it, and counts.</p>
      {allow.error ? <Failure error={allow.error} /> : null}
      <Button size="md" disabled={dead || Number(uses) < 1} onClick={send}>
        Allow for this task
      </Button>
    </Stack>
  );
}
