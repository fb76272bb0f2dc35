import { useMay } from '../../api/me.ts';
import { useApi } from '../../api/queries.ts';
import { TextLink } from '../../parts/link.tsx';
import { HoldLabel } from '../../parts/state-labels.tsx';
import { Countdown } from '../../parts/time.tsx';
import { CancelHold } from './cancel-hold.tsx';
import { FirstLine, Tags } from './first-line.tsx';
import inbox from './inbox.module.css';
import type { Card } from './steady.ts';
import type { Hold } from './words.ts';

/** A call that waits for its time, in the inbox: how long it can still be cancelled, and the button that does; afterwards, what became of it. */
export function HoldCard({ card: { first, now } }: { readonly card: Card<Hold> }) {
  const mayCancel = useMay('approver');
  const { data } = useApi('holds.get', { id: first.id }, { enabled: now === undefined });
  const hold = now ?? data ?? first;
  const isOver = now === undefined && data?.state !== 'waiting';
  return (
    <article className={inbox.card} data-over={isOver || undefined}>
      <div className={inbox.cardBody}>
        <TextLink to="/holds/$id" params={{ id: hold.id }} data-card className={inbox.cardLink ?? ''} underline="never">
          <FirstLine {...first} />
        </TextLink>
        <Tags {...first} />
      </div>
      <div className={inbox.holdSide}>
        <span className={inbox.smallClock} role={isOver ? 'status' : undefined}>
          {isOver && data === undefined ? 'waits no more' : <Clock hold={hold} />}
        </span>
        {mayCancel && first.state === 'waiting' ? <CancelHold hold={hold} dead={isOver} size="sm" /> : null}
      </div>
    </article>
  );
}

/** What is left until it is sent, what it waits for instead, or what became of it. */
function Clock({ hold: { executes_at, waits_for_release, state } }: { readonly hold: Hold }) {
  if (state !== 'waiting') return <HoldLabel state={state} />;
  if (waits_for_release || executes_at === null) return 'waits for a release';
  return (
    <>
      sent in <Countdown to={executes_at} />
    </>
  );
}
