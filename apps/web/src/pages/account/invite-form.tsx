import { Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { ROLES, type Role } from '@writ/api';
import { useChange } from '../../api/queries.ts';
import { useApiForm } from '../../parts/form.ts';
import { Failure } from '../../parts/states.tsx';
import { MAY } from './role-words.ts';

/** A one-time link, and whose it is. */
export interface OneTimeLink {
  readonly who: string;
  readonly link: string;
  readonly expires_at: string;
}

/** Asks who is invited, in which role, and makes their link. Loaded when somebody is invited. */
export function InviteForm({
  close,
  made,
}: {
  readonly close: () => void;
  readonly made: (link: OneTimeLink) => void;
}) {
  const create = useChange('users.create', {
    title: 'Make the link',
    what: 'Whoever opens it can sign in with this role.',
  });
  const { form, submit, problem } = useApiForm({
    id: 'users.create',
    initialValues: { name: '', email: '', role: 'approver' as Role },
    toBody: (values) => values,
  });
  const send = submit(async (body) => {
    const { link, expires_at } = await create.mutateAsync(body);
    create.reset();
    made({ who: body.name, link, expires_at });
  });
  return (
    <form onSubmit={send}>
      <Stack gap="md">
        <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
        <TextInput
          label="E-mail address"
          type="email"
          required
          description="They sign in with it. Nothing is sent to it."
          {...form.getInputProps('email')}
        />
        <Select
          label="Role"
          data={ROLES.map((role) => ({ value: role, label: `${role}: ${MAY[role]}` }))}
          allowDeselect={false}
          {...form.getInputProps('role')}
        />
        <Failure error={problem} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={close}>
            Go back
          </Button>
          <Button type="submit" loading={form.submitting}>
            Make the link
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
