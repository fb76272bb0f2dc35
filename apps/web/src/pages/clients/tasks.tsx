import { Button } from '@mantine/core';
import type { OutputOf } from '@writ/api';
import { useMay } from '../../api/me.ts';
import { useApiList, useChange } from '../../api/queries.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { Id } from '../../parts/copy.tsx';
import { Inert } from '../../parts/inert.tsx';
import { TextLink } from '../../parts/link.tsx';
import { List } from '../../parts/list.tsx';
import { Section } from '../../parts/page.tsx';
import { TaskLabel, TokenLabel } from '../../parts/state-labels.tsx';
import { Empty } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';

type Token = OutputOf<'tokens.list'>['items'][number];

/** What a client asked tokens for, and the tokens. */
export function Activity({ client_id }: { readonly client_id: string }) {
  return (
    <>
      <ClientTasks client_id={client_id} />
      <ClientTokens client_id={client_id} />
    </>
  );
}

function ClientTasks({ client_id }: { readonly client_id: string }) {
  const list = useApiList('tasks.list', { client_id });
  return (
    <Section title="Tasks">
      <List
        label="Tasks"
        list={list}
        keyOf={({ id }) => id}
        empty={<Empty title="No tasks yet">A task begins with its first token.</Empty>}
        columns={[
          {
            name: 'Purpose',
            width: '36%',
            cell: ({ id, purpose }) => (
              <TextLink to="/tasks/$id" params={{ id }}>
                <Inert text={purpose ?? 'no purpose was given'} />
              </TextLink>
            ),
          },
          { name: 'Task', cell: ({ id }) => <Id id={id} what="the task's id" /> },
          {
            name: 'State',
            width: '90px',
            cell: ({ status }) => <TaskLabel status={status} />,
          },
          { name: 'Last token', width: '130px', cell: ({ last_token_at }) => <Time at={last_token_at} /> },
        ]}
      />
    </Section>
  );
}

/** The access tokens of a client, and their end. */
function ClientTokens({ client_id }: { readonly client_id: string }) {
  const list = useApiList('tokens.list', { client_id });
  const may = useMay('approver');
  const revoke = useChange('tokens.revoke', { title: 'Revoke all of its tokens' });
  const hasLive = list.items?.some(({ status }) => status === 'live') ?? false;
  return (
    <Section
      title="Access tokens"
      about="Told here are their ids; the tokens themselves are kept nowhere."
      actions={
        may && hasLive ? (
          <Confirm
            title="Revoke all of its tokens"
            run={() => revoke.mutateAsync({ client_id })}
            button={(open) => (
              <Button variant="default" onClick={open}>
                Revoke all of its tokens
              </Button>
            )}
          >
            Every access token of {client_id} stops at once. It can ask for others within its grants: to stop it
            altogether, freeze or disable it.
          </Confirm>
        ) : null
      }
    >
      <List
        label="Access tokens"
        list={list}
        keyOf={({ jti }) => jti}
        empty={<Empty title="No tokens yet">This client has not asked for one.</Empty>}
        columns={[
          { name: 'Token', cell: ({ jti }) => <Id id={jti} what="the token's id" /> },
          { name: 'Task', cell: ({ task_id }) => <Id id={task_id} what="the task's id" /> },
          { name: 'State', width: '90px', cell: ({ status }) => <TokenLabel status={status} /> },
          { name: 'Issued', width: '130px', cell: ({ issued_at }) => <Time at={issued_at} /> },
          { name: 'Ends', width: '130px', cell: ({ expires_at }) => <Time at={expires_at} /> },
          ...(may ? [{ name: 'Actions', width: '190px', cell: (token: Token) => <Revoke token={token} /> }] : []),
        ]}
      />
    </Section>
  );
}

function Revoke({ token: { jti, status } }: { readonly token: Token }) {
  const revoke = useChange('tokens.revoke', { title: 'Revoke the token' });
  if (status !== 'live') return null;
  return (
    <Confirm
      title="Revoke the token"
      run={() => revoke.mutateAsync({ jti })}
      button={(open) => (
        <Button variant="default" size="xs" onClick={open} aria-label={`Revoke the token ${jti}`}>
          Revoke the token
        </Button>
      )}
    >
      It stops at once, and with it every token that was made from it.
    </Confirm>
  );
}
