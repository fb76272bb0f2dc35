import type { ReactNode } from 'react';
import { useApi } from '../../api/queries.ts';
import type { Approval } from '../../parts/gist.ts';
import { Quotation } from '../../parts/inert.tsx';
import { TextLink } from '../../parts/link.tsx';
import { ApprovalLabel } from '../../parts/state-labels.tsx';
import { Time } from '../../parts/time.tsx';
import { FirstLine, Tags } from './first-line.tsx';
import inbox from './inbox.module.css';
import type { Card } from './steady.ts';
import { Who, Why } from './why.tsx';

interface CardProps {
  readonly card: Card<Approval>;
  /** What picks it, beside it. */
  readonly pick?: ReactNode;
}

/** A request in the inbox: what it is, why it needs a person, and who can answer. Once it is over it says so where it stands. */
export function ApprovalCard({ card: { first, now }, pick }: CardProps) {
  const { data } = useApi('approvals.get', { id: first.id }, { enabled: now === undefined });
  const isOver = now === undefined && data?.state !== 'pending';
  const approval = now ?? first;
  const { id, task, expires_at, shown, token, client_id } = approval;
  return (
    <article className={inbox.card} data-picked={pick ? true : undefined} data-over={isOver || undefined}>
      {pick ? <div className={inbox.pick}>{pick}</div> : null}
      <div className={inbox.cardBody}>
        <TextLink to="/approvals/$id" params={{ id }} data-card className={inbox.cardLink ?? ''} underline="never">
          <FirstLine {...approval} />
        </TextLink>
        <Tags {...approval} />
        <Quotation text={task.purpose} who={(shown ?? token)?.asked_by.name ?? client_id} />
        <p className={inbox.cardFacts}>
          <span>
            <Why approval={approval} />
          </span>
          <span>
            Can answer: <Who approval={approval} />
          </span>
          {isOver ? (
            <span role="status">
              waits no more{data === undefined ? '' : ': '}
              {data === undefined ? null : <ApprovalLabel state={data.state} />}
            </span>
          ) : (
            <span>
              ends <Time at={expires_at} />
            </span>
          )}
        </p>
      </div>
    </article>
  );
}
