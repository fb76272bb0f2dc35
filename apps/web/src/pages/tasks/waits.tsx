import type { OutputOf } from '@writ/api';
import { useMay } from '../../api/me.ts';
import { useApi, useChange } from '../../api/queries.ts';
import { Act } from '../../parts/act.tsx';
import { Id } from '../../parts/copy.tsx';
import { firstLineText } from '../../parts/gist.ts';
import { TextLink } from '../../parts/link.tsx';
import { Section } from '../../parts/page.tsx';
import { Person } from '../../parts/person.tsx';
import rows from '../../parts/rows.module.css';
import { Scopes } from '../../parts/scope.tsx';
import { ApprovalLabel, HoldLabel } from '../../parts/state-labels.tsx';
import { Ready } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { countText } from './counts.ts';
import classes from './tasks.module.css';

type Task = OutputOf<'tasks.get'>;

/** The newest of each that a task's page lists. */
const NEWEST = 20;

/** What of a task a person was asked about. */
export function Asked({ task: { id, approvals } }: { readonly task: Task }) {
  const list = useApi('approvals.list', { task_id: id, limit: NEWEST }, { enabled: approvals.asked > 0 });
  if (approvals.asked === 0) return null;
  return (
    <Section title="What people were asked">
      <Ready query={list}>
        {({ items }) => (
          <>
            <ul className={rows.rows} data-apart>
              {items.map((approval) => (
                <li key={approval.id}>
                  <TextLink to="/approvals/$id" params={{ id: approval.id }}>
                    {firstLineText(approval)}
                  </TextLink>
                  <span className={classes.when}>
                    <ApprovalLabel state={approval.state} /> <Time at={approval.created_at} />
                  </span>
                </li>
              ))}
            </ul>
            <More shown={items.length} all={approvals.asked} />
          </>
        )}
      </Ready>
    </Section>
  );
}

/** What of a task waits for its time, or did. */
export function Held({ task: { id, holds } }: { readonly task: Task }) {
  const list = useApi('holds.list', { task_id: id, limit: NEWEST }, { enabled: holds.made > 0 });
  if (holds.made === 0) return null;
  return (
    <Section title="What waits for its time, or did">
      <Ready query={list}>
        {({ items }) => (
          <>
            <ul className={rows.rows} data-apart>
              {items.map((hold) => (
                <li key={hold.id}>
                  <TextLink to="/holds/$id" params={{ id: hold.id }}>
                    {firstLineText(hold)}
                  </TextLink>
                  <span className={classes.when}>
                    <HoldLabel state={hold.state} /> <Time at={hold.executes_at ?? hold.ended_at ?? hold.created_at} />
                  </span>
                </li>
              ))}
            </ul>
            <More shown={items.length} all={holds.made} />
          </>
        )}
      </Ready>
    </Section>
  );
}

function More({ shown, all }: { readonly shown: number; readonly all: number }) {
  if (all <= shown) return null;
  return (
    <p className={classes.small}>
      The newest {shown} of {countText(all)}.
    </p>
  );
}

/** The standing yeses of a task, and the way to end each. */
export function Standing({ task: { id, allowances } }: { readonly task: Task }) {
  const list = useApi('allowances.list', { task_id: id, open: 'true' }, { enabled: allowances.open > 0 });
  if (allowances.open === 0) return null;
  return (
    <Section title="Allowances" about="Standing yeses, counted down.">
      <Ready query={list}>
        {({ items }) => (
          <ul className={rows.rows} data-apart>
            {items.map((allowance) => (
              <li key={allowance.id}>
                <OneAllowance allowance={allowance} />
              </li>
            ))}
          </ul>
        )}
      </Ready>
    </Section>
  );
}

function OneAllowance({ allowance }: { readonly allowance: OutputOf<'allowances.list'>['items'][number] }) {
  const { id, detail, left, uses, expires_at, created_by, created_at } = allowance;
  const end = useChange('allowances.delete', { title: 'End the allowance' });
  const may = useMay('approver');
  return (
    <>
      <div>
        <Scopes details={[detail]} />
      </div>
      <span className={classes.when}>
        <Id id={id} what="the allowance's id" /> {left} of {uses} left, until <Time at={expires_at} />; allowed by{' '}
        <Person id={created_by} what="the id of who allowed it" /> <Time at={created_at} />{' '}
        {may ? (
          <Act change={end} onClick={() => end.mutate({ id })}>
            End the allowance
          </Act>
        ) : null}
      </span>
    </>
  );
}
