import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { ROLES, type Role } from '@writ/api';
import { useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { useApiForm } from '../../parts/form.ts';
import { Failure } from '../../parts/states.tsx';

/** A one-time link, and whose it is. */
export interface OneTimeLink {
  readonly who: string;
  readonly link: string;
  readonly expires_at: string;
}

/** Invites somebody: the answer is a link that the owner passes on. */
export function Invite({ made }: { readonly made: (link: OneTimeLink) => void }) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button onClick={() => setOpened(true)}>Invite somebody</Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Invite somebody">
        <InviteForm
          close={() => setOpened(false)}
          made={(link) => {
            setOpened(false);
            made(link);
          }}
        />
      </Modal>
    </>
  );
}

/** What each role lets a person do, after what the roles before it do. */
export const MAY: Readonly<Record<Role, string>> = {
  auditor: 'looks at everything, changes nothing',
  approver: 'also says yes or no, and freezes',
  admin: 'also connects, makes clients and grants',
  owner: 'also invites people and loosens rules',
};

function InviteForm({ close, made }: { readonly close: () => void; readonly made: (link: OneTimeLink) => void }) {
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
        {problem ? <Failure error={problem} /> : null}
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
