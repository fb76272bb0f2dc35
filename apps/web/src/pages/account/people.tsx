import { Group, Select } from '@mantine/core';
import { type OutputOf, ROLES, type Role } from '@writ/api';
import { inert } from '@writ/core';
import { Suspense, useState } from 'react';
import { useMay, useMe } from '../../api/me.ts';
import { useApiList, useChange } from '../../api/queries.ts';
import { Act } from '../../parts/act.tsx';
import { Inert } from '../../parts/inert.tsx';
import { later } from '../../parts/later.ts';
import { List } from '../../parts/list.tsx';
import { Page } from '../../parts/page.tsx';
import { Empty, Failure } from '../../parts/states.tsx';
import { Label } from '../../parts/tags.tsx';
import { Time } from '../../parts/time.tsx';
import { Invite } from './invite.tsx';
import type { OneTimeLink } from './invite-form.tsx';
import { MAY } from './role-words.ts';

const LinkShown = later(async () => (await import('./link-shown.tsx')).LinkShown);

type User = OutputOf<'users.list'>['items'][number];

/** Everybody who may sign in, and what an owner does about it. */
export function PeoplePage() {
  const list = useApiList('users.list', {});
  const mayChange = useMay('owner');
  const [link, setLink] = useState<OneTimeLink>();
  return (
    <Page
      title="People"
      about="Who signs in here. An approver says yes or no; an admin also connects, makes clients and grants; an owner also invites people and loosens rules; an auditor only looks."
      actions={mayChange ? <Invite made={setLink} /> : null}
    >
      <Suspense>{link ? <LinkShown link={link} close={() => setLink(undefined)} /> : null}</Suspense>
      <List
        label="People"
        list={list}
        keyOf={({ id }) => id}
        empty={<Empty title="Nobody yet">The first owner is made by the link that Writ prints when it starts.</Empty>}
        columns={[
          { name: 'Name', cell: (user) => <Name user={user} /> },
          { name: 'E-mail address', cell: ({ email }) => <Inert text={email} /> },
          {
            name: 'Role',
            width: '150px',
            cell: (user) => (mayChange ? <ChangeRole user={user} /> : <Label>{user.role}</Label>),
          },
          { name: 'Since', width: '140px', cell: ({ created_at }) => <Time at={created_at} /> },
          ...(mayChange
            ? [
                {
                  name: 'Actions',
                  width: '320px',
                  cell: (user: User) => <Actions user={user} made={setLink} />,
                },
              ]
            : []),
        ]}
      />
    </Page>
  );
}

function Name({ user: { id, name, status } }: { readonly user: User }) {
  const me = useMe();
  return (
    <>
      <Inert text={name} /> {id === me.id ? <Label>you</Label> : null}
      {status === 'invited' ? <Label tone="warn">has not come yet</Label> : null}
    </>
  );
}

function ChangeRole({ user: { id, name, role } }: { readonly user: User }) {
  const change = useChange('users.patch', ({ role: next = role }) => ({
    title: `Make ${inert(name)} ${next}`,
    what: `Now ${role}. As ${next}, ${inert(name)} ${MAY[next]}. It holds at once, and every owner is told of it.`,
    danger: true,
  }));
  return (
    <>
      <Select
        aria-label={`Role of ${inert(name)}`}
        size="xs"
        data={[...ROLES]}
        value={role}
        allowDeselect={false}
        disabled={change.isPending}
        onChange={(chosen) => chosen !== null && chosen !== role && change.mutate({ id, role: chosen as Role })}
      />
      <Failure error={change.error} />
    </>
  );
}

function Actions({ user, made }: { readonly user: User; readonly made: (link: OneTimeLink) => void }) {
  const { id } = user;
  const name = inert(user.name);
  const me = useMe();
  const reset = useChange('users.reset', {
    title: 'Reset the sign-in',
    what: `For a lost password or passkey. The sessions and passkeys of ${name} end at once, and you get a link by which they choose a new password. The old password works until the link is used: where somebody else has it, remove the person instead.`,
    danger: true,
  });
  const remove = useChange('users.delete', {
    title: `Remove ${name}`,
    what: `${name} is signed out at once and cannot come back. What they approved and is not used yet no longer counts. The log keeps their name.`,
    danger: true,
  });
  const startReset = (): void =>
    reset.mutate(
      { id },
      {
        onSuccess: ({ link, expires_at }) => {
          made({ who: user.name, link, expires_at });
          reset.reset();
        },
      },
    );
  return (
    <Group gap={6}>
      <Act change={reset} label={`Reset the sign-in of ${name}`} onClick={startReset}>
        Reset the sign-in
      </Act>
      {id === me.id ? null : (
        <Act change={remove} label={`Remove the person ${name}`} onClick={() => remove.mutate({ id })}>
          Remove the person
        </Act>
      )}
    </Group>
  );
}
