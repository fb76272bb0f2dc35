import { Group, Loader } from '@mantine/core';
import type { OutputOf } from '@writ/api';
import { useEffect } from 'react';
import { useApi } from '../../api/queries.ts';
import { Snippet } from '../../parts/copy.tsx';
import { firstCallCommand } from '../../parts/first-call.ts';
import { Inert } from '../../parts/inert.tsx';
import { ButtonLink, TextLink } from '../../parts/link.tsx';
import { MendLink } from '../../parts/mend-link.tsx';
import { Notice } from '../../parts/notice.tsx';
import { useProviders } from '../../parts/providers.ts';
import { RuleLink } from '../../parts/rule-link.tsx';
import { ShownOnce } from '../../parts/shown-once.tsx';
import { Failure, Ready } from '../../parts/states.tsx';
import { Label } from '../../parts/tags.tsx';
import { Time } from '../../parts/time.tsx';
import { type Arrival, arrivalOf, WORDS } from './arrival.ts';
import classes from './wizard.module.css';

interface CallStepProps {
  readonly client: OutputOf<'clients.get'>;
  readonly grant: OutputOf<'grants.get'>;
  /** Known only where it was made a moment ago. */
  readonly secret: string | undefined;
  readonly arrived: () => void;
}

/** A command that makes the agent's first call, and the place where that call is seen to arrive. */
export function CallStep({ client, grant, secret, arrived }: CallStepProps) {
  const connection = useApi('connections.get', { connection: grant.connection });
  const providers = useProviders();
  return (
    <>
      <p>
        Paste this into a terminal. It asks for the secret of the agent, gets a token with it, and makes one call with
        that token: the same two steps that the agent takes for every task.
      </p>
      <Ready query={connection}>
        {({ provider }) => (
          <Ready query={providers}>
            {(all) => {
              const example = all.get(provider)?.example;
              return example === undefined ? null : (
                <Snippet
                  what="The command of the first call"
                  text={firstCallCommand({
                    origin: location.origin,
                    client_id: client.client_id,
                    connection: grant.connection,
                    example,
                  })}
                />
              );
            }}
          </Ready>
        )}
      </Ready>
      {secret === undefined ? (
        <p>
          The secret is lost? Make a new one on{' '}
          <TextLink to="/clients/$id" params={{ id: client.client_id }}>
            its page
          </TextLink>
          .
        </p>
      ) : (
        <ShownOnce what={`The secret of ${client.client_id}`} text={secret} isKept>
          The secret that it asks for. It is shown here until a call was let through, or until you leave.
        </ShownOnce>
      )}
      <Arrivals client_id={client.client_id} connection={grant.connection} arrived={arrived} />
    </>
  );
}

interface ArrivalsProps {
  readonly client_id: string;
  readonly connection: string;
  readonly arrived: () => void;
}

/** What the client did so far, as it happens. */
function Arrivals({ client_id, connection, arrived }: ArrivalsProps) {
  const log = useApi('audit.list', { client_id, limit: 100 });
  const seen = (log.data?.items ?? []).map(arrivalOf).filter(({ kind }) => WORDS[kind] !== undefined);
  const calls = seen.filter(({ kind }) => kind.startsWith('request.'));
  const isThrough = calls.some(({ kind }) => kind === 'request.allowed');
  useEffect(() => {
    if (isThrough) arrived();
  }, [isThrough, arrived]);
  if (log.error && log.data === undefined) return <Failure error={log.error} retry={() => void log.refetch()} />;
  return (
    <>
      <HowItWent client_id={client_id} connection={connection} last={calls[0]} isThrough={isThrough} />
      {seen.length > 0 ? (
        <ul className={classes.events} aria-label="What the agent did">
          {seen.slice(0, 8).map((arrival) => (
            <Line key={arrival.seq} arrival={arrival} connection={connection} />
          ))}
        </ul>
      ) : null}
      {isThrough ? (
        <Group>
          <ButtonLink to="/approvals">Go to the inbox</ButtonLink>
        </Group>
      ) : null}
    </>
  );
}

interface WentProps {
  readonly client_id: string;
  readonly connection: string;
  /** The newest call; none yet. */
  readonly last: Arrival | undefined;
  readonly isThrough: boolean;
}

/** Whether a call has arrived, and what became of it: only one that was let through shows that all is right. */
function HowItWent({ client_id, connection, last, isThrough }: WentProps) {
  if (isThrough) return <Notice tone="good" title="The first call has arrived, and was let through. Writ is set up." />;
  if (last === undefined)
    return (
      <div className={classes.waiting} role="status">
        <Loader size={16} /> Waiting for the first call of {client_id}. It appears here by itself.
      </div>
    );
  if (last.kind === 'request.waiting')
    return (
      <Notice tone="warn" title="The first call has arrived, and waits.">
        <p>
          A guardrail keeps it from going through at once. It waits in <TextLink to="/approvals">the inbox</TextLink>.
        </p>
      </Notice>
    );
  return (
    <Notice tone="warn" title="The first call has arrived, and was refused.">
      {last.rule === undefined ? (
        <p>
          The agent reaches Writ, and its token is good. What it asked for is not granted: see below, then run it again.
        </p>
      ) : (
        <p>
          The agent reaches Writ, and its token is good. A guardrail refuses what it asked for, whatever is granted.{' '}
          <RuleLink connection={connection} rule={last.rule}>
            See the guardrail
          </RuleLink>
        </p>
      )}
    </Notice>
  );
}

function Line({ arrival, connection }: { readonly arrival: Arrival; readonly connection: string }) {
  const { kind, at, operations, result, request_id, rule } = arrival;
  const isRefused = kind.endsWith('refused');
  const tone = isRefused ? 'bad' : kind === 'request.waiting' ? 'warn' : 'good';
  return (
    <li>
      <Label tone={tone}>{WORDS[kind] ?? kind}</Label>
      <Inert text={isRefused ? `${operations.join(', ')} ${result}`.trim() : operations.join(', ')} />
      {rule === undefined ? null : (
        <RuleLink connection={connection} rule={rule}>
          See the guardrail
        </RuleLink>
      )}
      {kind === 'request.refused' && rule === undefined && request_id !== undefined ? (
        <MendLink request_id={request_id} />
      ) : null}
      <Time at={at} />
    </li>
  );
}
