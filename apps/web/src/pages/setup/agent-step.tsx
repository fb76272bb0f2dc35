import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { useApiForm } from '../../parts/form.ts';
import { ShownOnce } from '../../parts/shown-once.tsx';
import { Failure } from '../../parts/states.tsx';

interface AgentStepProps {
  readonly secret: { readonly client_id: string; readonly text: string } | undefined;
  readonly made: (client_id: string, secret: string) => void;
  readonly stored: () => void;
}

/** The first agent: a client with a secret, which is shown once. */
export function AgentStep({ secret, made, stored }: AgentStepProps) {
  return secret === undefined ? <NewAgent made={made} /> : <TheSecret secret={secret} stored={stored} />;
}

function NewAgent({ made }: { readonly made: AgentStepProps['made'] }) {
  const create = useChange('clients.create', { title: 'Make the agent' });
  const [ownId, setOwnId] = useState(false);
  const { form, submit, problem } = useApiForm({
    id: 'clients.create',
    initialValues: { name: '', client_id: '' },
    toBody: (values) => ({ ...values, kind: 'agent' as const, auth: { method: 'client_secret_basic' as const } }),
  });
  const send = submit(async (body) => {
    const { client_id, client_secret = '' } = await create.mutateAsync(body);
    made(client_id, client_secret);
    create.reset();
  });
  const rename = (name: string): void => {
    form.setFieldValue('name', name);
    if (!ownId) form.setFieldValue('client_id', idOf(name));
  };
  return (
    <form onSubmit={send}>
      <Stack gap="md">
        <p>
          An agent is a client: it asks Writ for tokens, and gets them within its grants. What it holds is its own
          secret, which is worth nothing without a grant.
        </p>
        <TextInput
          label="What is it called?"
          placeholder="Claude on my laptop"
          required
          data-autofocus
          {...form.getInputProps('name')}
          onChange={(event) => rename(event.currentTarget.value)}
        />
        <TextInput
          label="Client id"
          description="By which it names itself. It cannot be changed, nor used again."
          required
          {...form.getInputProps('client_id')}
          onChange={(event) => {
            setOwnId(true);
            form.setFieldValue('client_id', event.currentTarget.value);
          }}
        />
        {problem === undefined ? null : <Failure error={problem} />}
        <Group>
          <Button type="submit" loading={form.submitting}>
            Make the agent
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** `Claude on my laptop` -> `claude-on-my-laptop`. */
function idOf(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
}

function TheSecret({
  secret: { client_id, text },
  stored,
}: {
  readonly secret: NonNullable<AgentStepProps['secret']>;
  readonly stored: () => void;
}) {
  return (
    <ShownOnce
      what={`The secret of ${client_id}`}
      text={text}
      file={`${client_id}.secret`}
      action={<Button onClick={stored}>I have stored it</Button>}
    >
      This is the secret of {client_id}. It is shown this once: put it where the agent alone can read it, in no
      repository. If it is lost, make a new one on the page of the client.
    </ShownOnce>
  );
}
