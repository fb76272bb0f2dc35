import { TextLink } from '../../parts/link.tsx';
import { Countdown } from '../../parts/time.tsx';
import { useMay } from '../../shell/me.ts';
import { CancelHold } from './cancel-hold.tsx';
import { FirstLine, Tags } from './first-line.tsx';
import inbox from './inbox.module.css';
import type { Hold } from './words.ts';

/** A call that waits for its time, in the inbox: how long it can still be cancelled, and the button that does. */
export function HoldCard({ hold }: { readonly hold: Hold }) {
  const mayCancel = useMay('approver');
  return (
    <article className={inbox.card}>
      <div className={inbox.cardBody}>
        <TextLink to="/holds/$id" params={{ id: hold.id }} data-card className={inbox.cardLink ?? ''} underline="never">
          <FirstLine {...hold} />
        </TextLink>
        <Tags {...hold} />
      </div>
      <div className={inbox.holdSide}>
        <span className={inbox.smallClock}>{<Clock hold={hold} />}</span>
        {mayCancel && hold.state === 'waiting' ? <CancelHold hold={hold} dead={false} size="sm" /> : null}
      </div>
    </article>
  );
}

/** What is left until it is sent, or what it waits for instead. */
function Clock({ hold: { executes_at, waits_for_release, state } }: { readonly hold: Hold }) {
  if (waits_for_release) return 'waits for a release';
  if (executes_at === null) return state;
  return (
    <>
      sent in <Countdown to={executes_at} />
    </>
  );
}
