import { Group, Loader } from '@mantine/core';
import type { OutputOf } from '@writ/api';
import { useEffect } from 'react';
import { useApi } from '../../api/queries.ts';
import { Snippet } from '../../parts/copy.tsx';
import { firstCallCommand } from '../../parts/first-call.ts';
import { Inert } from '../../parts/inert.tsx';
import { ButtonLink, TextLink } from '../../parts/link.tsx';
import { ShownOnce } from '../../parts/shown-once.tsx';
import { Failure, Ready } from '../../parts/states.tsx';
import { Label } from '../../parts/tags.tsx';
import { Time } from '../../parts/time.tsx';
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
  const providers = useApi('providers.list', { limit: 1000 });
  const example = providers.data?.items.find(({ id }) => id === connection.data?.provider)?.example;
  return (
    <>
      <p>
        Paste this into a terminal. It asks for the secret of the agent, gets a token with it, and makes one call with
        that token: the same two steps that the agent takes for every task.
      </p>
      <Ready query={connection}>
        {() =>
          example === undefined ? null : (
            <Snippet
              what="The command of the first call"
              text={firstCallCommand({
                origin: location.origin,
                client_id: client.client_id,
                connection: grant.connection,
                example,
              })}
            />
          )
        }
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
        <ShownOnce what={`The secret of ${client.client_id}`} text={secret}>
          The secret that it asks for. It is shown here until the first call has arrived, or until you leave.
        </ShownOnce>
      )}
      <Arrivals client_id={client.client_id} arrived={arrived} />
    </>
  );
}

interface Arrival {
  readonly seq: number;
  readonly kind: string;
  readonly at: string;
  readonly operations: readonly string[];
  readonly result: string;
  readonly request_id: string | undefined;
}

/** What the client did so far, as it happens. */
function Arrivals({ client_id, arrived }: { readonly client_id: string; readonly arrived: () => void }) {
  const log = useApi('audit.list', { client_id, limit: 100 });
  const seen = (log.data?.items ?? []).map(arrivalOf).filter(({ kind }) => WORDS[kind] !== undefined);
  const isThere = seen.some(({ kind }) => kind.startsWith('request.'));
  useEffect(() => {
    if (isThere) arrived();
  });
  if (log.error && log.data === undefined) return <Failure error={log.error} />;
  return (
    <>
      <div role="status">
        {isThere ? (
          <div className={classes.arrived}>The first call has arrived. Writ is set up.</div>
        ) : (
          <div className={classes.waiting}>
            <Loader size={16} /> Waiting for the first call of {client_id}. It appears here by itself.
          </div>
        )}
      </div>
      {seen.length > 0 ? (
        <ul className={classes.events} aria-label="What the agent did">
          {seen.slice(0, 8).map(({ seq, kind, at, operations, result, request_id }) => (
            <li key={seq}>
              <Label tone={kind.endsWith('refused') ? 'bad' : 'good'}>{WORDS[kind] ?? kind}</Label>
              <Inert
                text={kind.endsWith('refused') ? `${operations.join(', ')} ${result}`.trim() : operations.join(', ')}
              />
              {kind === 'request.refused' && request_id !== undefined ? (
                <TextLink to="/grants/new" search={{ request: request_id }}>
                  The smallest grant that would do
                </TextLink>
              ) : null}
              <Time at={at} />
            </li>
          ))}
        </ul>
      ) : null}
      {isThere ? (
        <Group>
          <ButtonLink to="/approvals">Go to the inbox</ButtonLink>
        </Group>
      ) : null}
    </>
  );
}

/** Of all events of a client, those that its first call is made of. */
const WORDS: Readonly<Record<string, string>> = {
  'token.issued': 'token issued',
  'token.refused': 'token refused',
  'request.allowed': 'call let through',
  'request.refused': 'call refused',
  'request.waiting': 'call waits',
};

function arrivalOf({ seq, event }: OutputOf<'audit.list'>['items'][number]): Arrival {
  const operations = Array.isArray(event['operations']) ? event['operations'] : [];
  return {
    seq,
    kind: String(event['kind']),
    at: String(event['at'] ?? event['time']),
    operations: operations.map((each) => String(typeof each === 'string' ? each : Reflect.get(Object(each), 'name'))),
    result: String(event['result'] ?? ''),
    request_id: typeof event['request_id'] === 'string' ? event['request_id'] : undefined,
  };
}
