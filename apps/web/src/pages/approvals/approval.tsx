import { useHotkeys } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams, useRouter } from '@tanstack/react-router';
import { Suspense } from 'react';
import { apiQuery, useApi } from '../../api/queries.ts';
import { Id } from '../../parts/copy.tsx';
import type { Approval } from '../../parts/gist.ts';
import { IdLink } from '../../parts/id-link.tsx';
import { Inert, Quotation } from '../../parts/inert.tsx';
import { later } from '../../parts/later.ts';
import { TextLink } from '../../parts/link.tsx';
import { OneThing } from '../../parts/one-thing.tsx';
import { Facts, Section } from '../../parts/page.tsx';
import { Time, useNow } from '../../parts/time.tsx';
import { Answer } from './answer.tsx';
import classes from './approvals.module.css';
import { canKey, useKeys } from './keys.ts';
import { KeysHint } from './keys-hint.tsx';
import { useLooked } from './looked.ts';
import { OnePage, Stale } from './one-page.tsx';
import { Calls, WhatItDoes } from './request-parts.tsx';
import { Renames } from './shown.tsx';
import { TokenAsked } from './token.tsx';
import { Who, Why } from './why.tsx';

/** Below what is decided on: it may come a moment later. */
const Mends = later(async () => (await import('./mend.tsx')).Mends);

/** One request that waits for a person's yes, or waited. */
export function ApprovalPage() {
  const { id } = useParams({ from: '/signed-in/approvals/$id' });
  return <OneApproval key={id} id={id} />;
}

/** What makes an approval another one for who decides. */
const keyOf = ({ version, state, may_approve, nobody, sole_approver }: Approval): string =>
  JSON.stringify([version, state, may_approve, nobody, sole_approver]);

/** What was approved may go on to where nothing can be done to it. */
const follows = (before: Approval, now: Approval): boolean =>
  before.state === 'approved' && ['used', 'expired', 'cancelled'].includes(now.state);

function OneApproval({ id }: { readonly id: string }) {
  const query = useApi('approvals.get', { id });
  const client = useQueryClient();
  const now = useNow();
  const { view, since, look, show } = useLooked(query.data, keyOf, follows);
  useNeighbours(id);
  if (view === undefined)
    return (
      <OneThing thing="approval" id={id} to="/approvals" query={query}>
        {() => null}
      </OneThing>
    );
  const isOver = view.state === 'pending' && Date.parse(view.expires_at) <= now;
  const dead = since !== undefined || isOver;
  const done = (after: Approval): void => {
    client.setQueryData(apiQuery('approvals.get', { id }).queryKey, after);
    show(after);
  };
  return (
    <OnePage
      asked={view}
      said={
        <>
          {dead ? (
            <Stale look={since === undefined ? undefined : look}>{BECAME[since?.state ?? 'expired']}</Stale>
          ) : null}
          <Banners approval={view} />
        </>
      }
      first={<First approval={view} />}
      answer={<Answer approval={view} dead={dead} done={done} />}
    >
      {view.shown === null ? null : <WhatItDoes approval={view} shown={view.shown} dead={dead} />}
      {view.token === null ? null : <TokenAsked token={view.token} />}
      <Calls calls={(view.shown ?? view.token)?.last_calls} />
      <Suspense>
        <Mends approval={view} dead={dead} />
      </Suspense>
      <About approval={view} />
      <KeysHint>
        <kbd>j</kbd> <kbd>k</kbd> go to the next that waits and back, <kbd>esc</kbd> to the inbox.
      </KeysHint>
    </OnePage>
  );
}

/** j and k go through what waits, escape goes back to it. What waits is read when a key is pressed: most answer without one. */
function useNeighbours(id: string): void {
  const go = useNavigate();
  const client = useQueryClient();
  const router = useRouter();
  const { isOn } = useKeys();
  const isHere = (): boolean => router.matchRoute({ to: '/approvals/$id', params: { id } }) !== false;
  const step = async (by: number): Promise<void> => {
    if (!isOn || !canKey()) return;
    const waiting = await client.fetchQuery(apiQuery('approvals.list', { state: 'pending' })).catch(() => undefined);
    const ids = waiting?.items.map((item) => item.id) ?? [];
    const next = ids[ids.indexOf(id) + by] ?? (ids.includes(id) ? undefined : ids[0]);
    // They may have gone elsewhere, or opened something over the page, while it was read.
    if (next !== undefined && isHere() && canKey()) void go({ to: '/approvals/$id', params: { id: next } });
  };
  const back = (): void => {
    if (canKey()) void go({ to: '/approvals' });
  };
  useHotkeys([
    ['j', () => void step(1)],
    ['k', () => void step(-1)],
    ['Escape', back],
  ]);
}

const BECAME: Readonly<Record<Approval['state'], string>> = {
  pending: 'Somebody else has answered, or who may answer is another.',
  approved: 'It was approved meanwhile.',
  used: 'It was approved and used meanwhile.',
  denied: 'It was denied meanwhile.',
  expired: 'Its time is over.',
  cancelled: 'It has ended: it was taken back, its task is over, or it passed another way.',
};

/** What is said before anything else. */
function Banners({ approval }: { readonly approval: Approval }) {
  const { previous, sole_approver, state, nobody, shown } = approval;
  const isPending = state === 'pending';
  return (
    <>
      {previous === null ? null : (
        <p className={classes.warning}>
          {previous.same_digest ? 'The very same request' : 'The same, to the same things,'} was carried out{' '}
          <Time at={previous.at} />. <Id id={previous.request_id} what="the request's id" />
        </p>
      )}
      {sole_approver && isPending ? (
        <p className={classes.warning}>
          You would approve what you, or somebody of yours, asked for, because nobody else can. The log says so. It ends
          as soon as there is another approver.{' '}
          <TextLink to="/people" underline="always">
            Invite one
          </TextLink>
        </p>
      ) : null}
      {nobody === null || !isPending ? null : (
        <p className={classes.warning}>
          Nobody may say yes to it. <Inert text={nobody} />
        </p>
      )}
      {shown === null || shown.recent_renames.length === 0 ? null : (
        <div className={classes.warning}>
          <Renames shown={shown} />
        </div>
      )}
    </>
  );
}

/** For what, why a person, and who else: the rest of what the first line answers. */
function First({ approval }: { readonly approval: Approval }) {
  const { task, act_chain, client_id, shown, token } = approval;
  const who = (shown ?? token)?.asked_by.name ?? client_id;
  return (
    <>
      <Quotation text={task.purpose} who={who} />
      <dl className={classes.four}>
        <div>
          <dt>Needs you</dt>
          <dd>
            <Why approval={approval} isLinked />
          </dd>
        </div>
        {approval.state === 'pending' ? (
          <div>
            <dt>Who can answer</dt>
            <dd>
              <Who approval={approval} />
            </dd>
          </div>
        ) : null}
        {act_chain.length === 0 ? null : (
          <div>
            <dt>Acts for</dt>
            <dd>
              <Inert text={act_chain.join(', ')} />
            </dd>
          </div>
        )}
      </dl>
    </>
  );
}

function About({ approval }: { readonly approval: Approval }) {
  const { id, client_id, connection, task, request_id, digest, created_at, requesters } = approval;
  return (
    <Section title="About this request">
      <Facts
        facts={[
          ['Asked', <Time key="asked" at={created_at} />],
          ['Approval', <Id key="id" id={id} what="the approval's id" />],
          ['Client', <Id key="client" id={client_id} what="the client's id" />],
          ['Connection', connection ?? 'several'],
          ['Task', <IdLink key="task" id={task.id} to="/tasks/$id" what="the task's id" />],
          ['Request', <Id key="request" id={request_id} what="the request's id" />],
          ['Requesters', <Inert key="requesters" text={requesters.map(({ name }) => name).join(', ')} />],
          ['Digest', <Id key="digest" id={digest} what="the digest" />],
        ]}
      />
    </Section>
  );
}
