import type { OutputOf } from '@writ/api';
import type { ReactNode } from 'react';
import { useMay } from '../../api/me.ts';
import { useApi, useChange } from '../../api/queries.ts';
import { Act } from '../../parts/act.tsx';
import { Id } from '../../parts/copy.tsx';
import { type Asked as AskedWords, firstLineText } from '../../parts/gist.ts';
import { TextLink } from '../../parts/link.tsx';
import { Section } from '../../parts/page.tsx';
import { Person } from '../../parts/person.tsx';
import rows from '../../parts/rows.module.css';
import { Scopes } from '../../parts/scope.tsx';
import { ApprovalLabel, HoldLabel } from '../../parts/state-labels.tsx';
import { Ready, type ReadyProps } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { countText } from './counts.ts';
import classes from './tasks.module.css';

type Task = OutputOf<'tasks.get'>;

/** The newest of each that a task's page lists. */
const NEWEST = 20;

/** What of a task a person was asked about. */
export function Asked({ task: { id, approvals } }: { readonly task: Task }) {
  const list = useApi('approvals.list', { task_id: id, limit: NEWEST }, { enabled: approvals.asked > 0 });
  return (
    <Newest title="What people were asked" query={list} all={approvals.asked} to="/approvals/$id">
      {({ state, created_at }) => (
        <>
          <ApprovalLabel state={state} /> <Time at={created_at} />
        </>
      )}
    </Newest>
  );
}

/** What of a task waits for its time, or did. */
export function Held({ task: { id, holds } }: { readonly task: Task }) {
  const list = useApi('holds.list', { task_id: id, limit: NEWEST }, { enabled: holds.made > 0 });
  return (
    <Newest title="What waits for its time, or did" query={list} all={holds.made} to="/holds/$id">
      {({ state, executes_at, ended_at, created_at }) => (
        <>
          <HoldLabel state={state} /> <Time at={executes_at ?? ended_at ?? created_at} />
        </>
      )}
    </Newest>
  );
}

interface NewestProps<T> {
  readonly title: string;
  readonly query: ReadyProps<{ readonly items: readonly T[] }>['query'];
  /** How many there are. */
  readonly all: number;
  /** The page of each. */
  readonly to: '/approvals/$id' | '/holds/$id';
  /** How one stands, and since when. */
  readonly children: (item: T) => ReactNode;
}

/** The newest of what a task has, each with the way to its page; nothing where it has none. */
function Newest<T extends AskedWords & { readonly id: string }>({ title, query, all, to, children }: NewestProps<T>) {
  if (all === 0) return null;
  return (
    <Section title={title}>
      <Ready query={query}>
        {({ items }) => (
          <>
            <ul className={rows.rows} data-apart>
              {items.map((item) => (
                <li key={item.id}>
                  <TextLink to={to} params={{ id: item.id }}>
                    {firstLineText(item)}
                  </TextLink>
                  <span className={classes.when}>{children(item)}</span>
                </li>
              ))}
            </ul>
            {all > items.length ? (
              <p className={classes.small}>
                The newest {items.length} of {countText(all)}.
              </p>
            ) : null}
          </>
        )}
      </Ready>
    </Section>
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
