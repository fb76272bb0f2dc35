import { useHotkeys } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useMay } from '../../api/me.ts';
import { apiQuery, useApi, useChange } from '../../api/queries.ts';
import { Act } from '../../parts/act.tsx';
import { Id } from '../../parts/copy.tsx';
import { IdLink } from '../../parts/id-link.tsx';
import { Inert, Quotation } from '../../parts/inert.tsx';
import { OneThing } from '../../parts/one-thing.tsx';
import { Facts, Section } from '../../parts/page.tsx';
import { Person } from '../../parts/person.tsx';
import { Countdown, Time, useNow } from '../../parts/time.tsx';
import classes from './approvals.module.css';
import { CancelHold } from './cancel-hold.tsx';
import { canKey } from './keys.ts';
import { useLooked } from './looked.ts';
import { OnePage, Stale } from './one-page.tsx';
import { Calls, WhatItDoes } from './request-parts.tsx';
import type { Hold } from './words.ts';

/** One call that waits for its time, or waited. */
export function HoldPage() {
  const { id } = useParams({ from: '/signed-in/holds/$id' });
  return <OneHold key={id} id={id} />;
}

const keyOf = ({ version }: Hold): string => version;

/** What can be cancelled no more is shown as it goes on. */
const follows = (_: Hold, now: Hold): boolean => now.state !== 'waiting';

function OneHold({ id }: { readonly id: string }) {
  const query = useApi('holds.get', { id });
  const client = useQueryClient();
  const go = useNavigate();
  useHotkeys([['Escape', () => void (canKey() && go({ to: '/approvals' }))]]);
  const { view, since, look, show } = useLooked(query.data, keyOf, follows);
  if (view === undefined)
    return (
      <OneThing thing="hold" id={id} to="/approvals" query={query}>
        {() => null}
      </OneThing>
    );
  const done = (after: Hold): void => {
    client.setQueryData(apiQuery('holds.get', { id }).queryKey, after);
    show(after);
  };
  return (
    <OnePage
      asked={view}
      said={since === undefined ? null : <Stale look={look}>Its time has changed, or somebody has released it.</Stale>}
      first={view.shown === null ? null : <Quotation text={view.shown.task.purpose} who={view.shown.asked_by.name} />}
      answer={<Stop hold={view} dead={since !== undefined} done={done} />}
    >
      {view.shown === null ? null : <WhatItDoes shown={view.shown} />}
      <Calls calls={view.shown?.last_calls} />
      <About hold={view} />
    </OnePage>
  );
}

interface StopProps {
  readonly hold: Hold;
  readonly dead: boolean;
  readonly done: (after: Hold) => void;
}

/** The countdown and the button that stops it; after it, what became of it. */
function Stop({ hold, dead, done }: StopProps) {
  const mayStop = useMay('approver');
  const now = useNow();
  const { state, executes_at, waits_for_release, says } = hold;
  const isDue = executes_at !== null && Date.parse(executes_at) <= now;
  if (state !== 'waiting')
    return (
      <section className={classes.answer} aria-label="What became of it">
        <h2 className={classes.clock}>{ENDS[state]}</h2>
        <p className={classes.small}>{<Inert text={says} />}</p>
      </section>
    );
  return (
    <section className={classes.answer} aria-label="Cancel or release">
      <h2 className={classes.clock} data-due={isDue || undefined}>
        {executes_at === null ? 'Waits for a release' : <Countdown to={executes_at} />}
      </h2>
      <p className={classes.small}>
        {waits_for_release
          ? 'It is not sent until a person releases it.'
          : isDue
            ? 'Its time has come: it is being sent.'
            : 'Then Writ sends it by itself, unless it is cancelled.'}
      </p>
      {mayStop ? (
        <div className={classes.stops}>
          <CancelHold hold={hold} dead={dead} size="lg" done={done} />
          <Release hold={hold} dead={dead} done={done} />
        </div>
      ) : (
        <p className={classes.small}>Your role reads; an approver cancels.</p>
      )}
    </section>
  );
}

const ENDS: Readonly<Record<Hold['state'], string>> = {
  waiting: 'Waits',
  claimed: 'Is being sent',
  executed: 'Was sent',
  unknown: 'Not known',
  refused: 'Was not sent',
  cancelled: 'Cancelled',
};

function Release({ hold, dead, done }: StopProps) {
  const { id, version, quorum, releases, waits_for_release } = hold;
  const isOneOfSeveral = releases.length + 1 < quorum;
  const title = waits_for_release ? 'Release it' : 'Send it now';
  const release = useChange('holds.release', {
    title,
    what: isOneOfSeveral
      ? `This is one of ${quorum} releases; it is sent with the last.`
      : waits_for_release
        ? 'It goes on from where it stopped: what is left of its window runs first, if you approved it.'
        : 'It is sent before its time, and can be cancelled no more.',
    danger: true,
  });
  return (
    <>
      <Act
        change={release}
        size="sm"
        disabled={dead}
        onClick={() => release.mutate({ id, seen: version }, { onSuccess: done })}
      >
        {title}
      </Act>
      {quorum > 1 ? (
        <p className={classes.small}>
          A release takes {quorum} people; {releases.length} have.
        </p>
      ) : null}
    </>
  );
}

function About({ hold }: { readonly hold: Hold }) {
  const { id, client_id, connection, task_id, approval_id, request_id, executed_as, created_at, minutes, ended_by } =
    hold;
  return (
    <Section title="About this hold">
      <Facts
        facts={[
          ['Held', <Time key="held" at={created_at} />],
          ['Window', minutes === 0 ? 'none: it was to run now' : `${minutes} minutes`],
          ['Hold', <Id key="id" id={id} what="the hold's id" />],
          ['Client', <Id key="client" id={client_id} what="the client's id" />],
          ['Connection', connection],
          ['Task', <IdLink key="task" id={task_id} to="/tasks/$id" what="the task's id" />],
          ...(approval_id === null
            ? []
            : ([
                ['Approval', <IdLink key="approval" id={approval_id} to="/approvals/$id" what="the approval's id" />],
              ] as const)),
          ['Request', <Id key="request" id={request_id} what="the request's id" />],
          ...(executed_as === null
            ? []
            : ([['Sent as', <Id key="sent" id={executed_as} what="the request's id" />]] as const)),
          ...(ended_by === null
            ? []
            : ([['Ended by', <Person key="by" id={ended_by} what="the id of who ended it" />]] as const)),
        ]}
      />
    </Section>
  );
}
