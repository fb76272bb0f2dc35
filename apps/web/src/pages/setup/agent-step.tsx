import { Button, Group, Stack } from '@mantine/core';
import { useChange } from '../../api/queries.ts';
import { ClientNames } from '../../parts/client-names.tsx';
import { ClientSecret } from '../../parts/client-secret.tsx';
import { useApiForm } from '../../parts/form.ts';
import { Failure } from '../../parts/states.tsx';

interface AgentStepProps {
  readonly secret: { readonly client_id: string; readonly text: string } | undefined;
  readonly made: (client_id: string, secret: string) => void;
  readonly stored: () => void;
}

/** The first agent: a client with a secret, which is shown once. */
export function AgentStep({ secret, made, stored }: AgentStepProps) {
  if (secret === undefined) return <NewAgent made={made} />;
  return <ClientSecret {...secret} next={['Go on to the first grant', stored]} />;
}

function NewAgent({ made }: { readonly made: AgentStepProps['made'] }) {
  const create = useChange('clients.create', { title: 'Make the agent' });
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
  return (
    <form onSubmit={send}>
      <Stack gap="md">
        <p>
          An agent is a client: it asks Writ for tokens, and gets them within its grants. What it holds is its own
          secret, which is worth nothing without a grant.
        </p>
        <ClientNames form={form} />
        <Failure error={problem} />
        <Group>
          <Button type="submit" loading={form.submitting}>
            Make the agent
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
