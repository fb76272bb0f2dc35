import { Button, NativeSelect, Stack, TextInput } from '@mantine/core';
import type { RequestOf } from '@writ/api';
import type { Detail } from '@writ/core';
import { useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { type Approval, deedText, gistOf } from '../../parts/gist.ts';
import { Failure } from '../../parts/states.tsx';
import classes from './approvals.module.css';
import { FirstLine } from './first-line.tsx';
import { Less } from './less.tsx';
import { type AnswerProps, isGrave, lengthOf, yesesOf } from './words.ts';

type Body = RequestOf<'approvals.approve'>;

/** For how long the client may use a yes, in seconds. */
const USABLE = [900, 3_600, 14_400, 86_400] as const;

/** A yes: what is destroyed is typed, then how it runs is chosen by the button. */
export function ApproveForm({ approval, dead, done }: AnswerProps) {
  const { id, version, shown, kind, run, usable_for, quorum, hold_minutes } = approval;
  const lines = shown?.confirm ?? [];
  const [typed, setTyped] = useState<readonly string[]>(lines.map(() => ''));
  const [usable, setUsable] = useState<number>(USABLE[0]);
  const [less, setLess] = useState<Detail[]>();
  const isTyped = lines.every((line, index) => typed[index] === line);
  const send = useYes(approval, { byClient: 'Approve', now: 'Approve, and run it now' });
  const body = (more: Partial<Body>): Body => ({
    ...{ id, seen: version, ...more },
    ...(lines.length > 0 && { confirm: [...typed] }),
    ...(less !== undefined && { authorization_details: less }),
  });
  const isReady = !dead && isTyped && (less === undefined || less.length > 0);
  // The first yes of a quorum fixed how it runs.
  const isFixed = run !== null;
  return (
    <Stack gap="md">
      <p className={classes.recap}>
        <FirstLine {...approval} />
      </p>
      {quorum > 1 ? (
        <p className={classes.small}>
          It takes {quorum} people; {yesesOf(approval).length} said yes.{' '}
          {isFixed
            ? run === 'now'
              ? 'The first of them chose that Writ sends it itself.'
              : `The first of them chose that the client repeats it, within ${lengthOf(usable_for ?? USABLE[0])}.`
            : 'The first yes chooses how it runs.'}
        </p>
      ) : null}
      {hold_minutes > 0 ? (
        <p className={classes.small}>
          After the yes it still waits {hold_minutes} minutes, in which it can be cancelled.
        </p>
      ) : null}
      {kind === 'token' && approval.token !== null ? <Less token={approval.token} given={less} give={setLess} /> : null}
      <Typed lines={lines} typed={typed} change={setTyped} />
      {isFixed ? null : (
        <NativeSelect
          label={kind === 'token' ? 'The client may come for it within' : 'If the client repeats it, within'}
          data={USABLE.map((seconds) => ({ value: String(seconds), label: lengthOf(seconds) }))}
          value={String(usable)}
          onChange={(event) => setUsable(Number(event.currentTarget.value))}
        />
      )}
      <Failure error={send.error} />
      {isTyped ? null : <p className={classes.small}>Approve comes alive once the name of what dies is typed.</p>}
      {less?.length === 0 ? <p className={classes.small}>Approve comes alive once something is ticked.</p> : null}
      <Buttons
        approval={approval}
        isReady={isReady}
        isSending={send.isSending}
        less={less !== undefined}
        byClient={() =>
          send.byClient(body(isFixed ? {} : { ...(kind === 'request' && { run: 'client' }), usable_for: usable }), done)
        }
        now={() => send.now(body({ run: 'now' }), done)}
      />
    </Stack>
  );
}

/** The two ways to send a yes, each named in the dialog that asks for the proof. */
function useYes(approval: Approval, titles: { readonly byClient: string; readonly now: string }) {
  const danger = isGrave(approval);
  const what = deedText(gistOf(approval));
  const client = useChange('approvals.approve', { title: titles.byClient, what, danger });
  const now = useChange('approvals.approve', { title: titles.now, what, danger });
  type Send = (body: Body, done: (after: Approval) => void) => void;
  const by =
    (change: typeof client): Send =>
    (body, done) =>
      change.mutate(body, { onSuccess: done });
  return {
    error: client.error ?? now.error,
    isSending: client.isPending || now.isPending,
    byClient: by(client),
    now: by(now),
  };
}

interface ButtonsProps {
  readonly approval: Approval;
  readonly isReady: boolean;
  readonly isSending: boolean;
  readonly less: boolean;
  readonly byClient: () => void;
  readonly now: () => void;
}

function Buttons({ approval, isReady, isSending, less, byClient, now }: ButtonsProps) {
  const { kind, run } = approval;
  const color = isGrave(approval) ? { color: 'destroy' } : {};
  if (kind === 'token' || run !== null)
    return (
      <Button size="md" disabled={!isReady} loading={isSending} onClick={byClient} {...color}>
        {kind === 'token' ? (less ? 'Approve only this' : 'Approve all that is asked') : 'Approve'}
      </Button>
    );
  return (
    <div className={classes.ways}>
      <Button size="md" disabled={!isReady} loading={isSending} onClick={byClient} {...color}>
        Approve, the client repeats it
      </Button>
      <Button size="md" variant="default" disabled={!isReady} loading={isSending} onClick={now}>
        Approve, and run it now
      </Button>
    </div>
  );
}

interface TypedProps {
  readonly lines: readonly string[];
  readonly typed: readonly string[];
  readonly change: (typed: readonly string[]) => void;
}

/** What is destroyed, typed by the person as it is called: to have read the name is the point of it. */
function Typed({ lines, typed, change }: TypedProps) {
  return lines.map((line, index) => (
    <TextInput
      key={line}
      label={
        <>
          To confirm, type <code className={classes.toType}>{line}</code>
        </>
      }
      aria-label={`To confirm, type ${line}`}
      autoCapitalize="off"
      autoCorrect="off"
      autoComplete="off"
      spellCheck={false}
      data-autofocus={index === 0 || undefined}
      classNames={{ input: classes.mono ?? '' }}
      value={typed[index] ?? ''}
      onChange={(event) => {
        const { value } = event.currentTarget;
        change(typed.map((before, at) => (at === index ? value : before)));
      }}
    />
  ));
}
