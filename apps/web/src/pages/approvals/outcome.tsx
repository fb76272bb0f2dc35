import { Button } from '@mantine/core';
import { useMay } from '../../api/me.ts';
import { useChange } from '../../api/queries.ts';
import { Act } from '../../parts/act.tsx';
import type { Approval } from '../../parts/gist.ts';
import { Inert } from '../../parts/inert.tsx';
import { TextLink } from '../../parts/link.tsx';
import { ApprovalLabel } from '../../parts/state-labels.tsx';
import { Countdown, Time } from '../../parts/time.tsx';
import classes from './approvals.module.css';

interface OutcomeProps {
  readonly approval: Approval;
  readonly dead: boolean;
  /** Opens what takes a yes back. */
  readonly choose: () => void;
}

/** What became of a request, and what can still be done. */
export function Outcome({ approval, dead, choose }: OutcomeProps) {
  const mayAnswer = useMay('approver');
  return (
    <>
      <div className={classes.tags}>
        <ApprovalLabel state={approval.state} />
        {approval.decided_at === null ? null : (
          <span className={classes.faint}>
            <Time at={approval.decided_at} />
          </span>
        )}
      </div>
      <Sentence approval={approval} />
      {mayAnswer && approval.state === 'approved' ? (
        <Button variant="default" disabled={dead} onClick={choose}>
          Take back the yes
        </Button>
      ) : null}
      {mayAnswer && approval.state === 'denied' && approval.reopened_at === null ? (
        <Reopen approval={approval} dead={dead} />
      ) : null}
    </>
  );
}

function Sentence({ approval }: { readonly approval: Approval }) {
  const { state, kind, run, usable_until, reason, cool_until, used_by, hold_minutes } = approval;
  if (state === 'approved')
    return (
      <p className={classes.small}>
        {kind === 'token' ? 'The client can come for its token, once.' : 'The client can repeat its request, once.'}{' '}
        {usable_until === null ? null : (
          <>
            <Countdown to={usable_until} /> left.
          </>
        )}
        {hold_minutes > 0 ? ` It is then held for ${hold_minutes} minutes.` : ''}
      </p>
    );
  if (state === 'used')
    return (
      <p className={classes.small}>
        {run === 'now' ? 'Writ sends it itself, once.' : 'It was used once, and is good for nothing more.'}{' '}
        {used_by?.startsWith('hld_') ? (
          <TextLink to="/holds/$id" params={{ id: used_by }} underline="always">
            See what came of it
          </TextLink>
        ) : null}
      </p>
    );
  if (state === 'denied')
    return (
      <>
        {reason === null ? null : <p className={classes.reason}>{<Inert text={reason} />}</p>}
        {cool_until === null ? null : (
          <p className={classes.small}>
            The same is not asked again for a while: until <Time at={cool_until} />.
          </p>
        )}
      </>
    );
  return (
    <p className={classes.small}>
      {state === 'expired'
        ? 'Nobody answered in time, or nobody used the yes in time. Nothing was sent.'
        : 'It was taken back, its task has ended, or it passed another way. Nothing waits any more.'}
    </p>
  );
}

/** Lets the client ask again for what was denied. */
function Reopen({ approval, dead }: { readonly approval: Approval; readonly dead: boolean }) {
  const reopen = useChange('approvals.reopen', {
    title: 'Let it ask again',
    what: 'What was denied to this client of these operations counts no more: it may ask again at once.',
  });
  return (
    <Act change={reopen} size="sm" disabled={dead} onClick={() => reopen.mutate({ id: approval.id })}>
      Let it ask again
    </Act>
  );
}
