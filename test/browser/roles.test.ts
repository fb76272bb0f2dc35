/** Each role sees only its own: no page asks for, or offers, what the API would refuse this person; and the API does refuse it. */
import { type ApiClient, type ApiError, isAtLeast, ROLES, type Role } from '@writ/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPerson } from './person.ts';
import { openWorld, pagesOf, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world?.scene.close());

interface Offer {
  readonly path: string;
  readonly name: RegExp;
  readonly least: Role;
  /** What it comes to. */
  readonly call: (client: ApiClient) => Promise<unknown>;
}

const offers = ({ ids }: World): readonly Offer[] => [
  {
    ...{ path: '/people', name: /^Invite somebody$/, least: 'owner' },
    call: (client) => client.call('users.create', { email: 'new@example.com', name: 'New', role: 'owner' }),
  },
  {
    ...{ path: '/grants', name: /^New grant$/, least: 'admin' },
    call: (client) =>
      client.call('grants.create', {
        ...{ client_id: ids.client, connection: 'railway', environments: ['*'], operations: ['*:read'] },
      }),
  },
  {
    ...{ path: '/clients', name: /^New client$/, least: 'admin' },
    call: (client) =>
      client.call('clients.create', {
        client_id: 'new',
        kind: 'agent',
        name: 'New',
        auth: { method: 'client_secret_basic' },
      }),
  },
  {
    ...{ path: '/clients/new', name: /^Make the client$/, least: 'admin' },
    call: (client) => client.call('clients.delete', { id: ids.client }),
  },
  {
    ...{ path: '/connections', name: /^Add a connection$/, least: 'admin' },
    call: (client) => client.call('connections.delete', { connection: 'railway' }),
  },
  {
    ...{ path: '/approvals', name: /^Freeze everything$/, least: 'approver' },
    call: (client) => client.call('freeze.create', { all: true, reason: 'by somebody who may not' }),
  },
  {
    ...{ path: `/holds/${ids.hold}`, name: /^Cancel/, least: 'approver' },
    call: (client) => client.call('holds.cancel', { id: ids.hold }),
  },
];

test.each(ROLES)(
  '%s: what is offered is what may be done',
  async (role) => {
    const { scene } = world;
    const access = role === 'owner' ? scene.owner : await scene.owner.invite(role);
    const person = await openPerson(scene.broker.url);
    const refused: string[] = [];
    let where = '';
    person.page.on('response', (response) => {
      if (response.status() === 403) refused.push(`${where}: ${response.url()}`);
    });
    await person.open('/');
    await person.signIn(access);
    for (const [name, path] of pagesOf(world)) {
      where = name;
      await person.open(path);
      for (const tab of await person.page.getByRole('tab', { selected: false }).allTextContents()) {
        await person.page.getByRole('tab', { name: tab, exact: true }).click();
        await person.settled();
      }
    }
    expect(refused).toEqual([]);
    for (const { path, name, least, call } of offers(world)) {
      await person.open(path);
      const found = person.page.getByRole('button', { name }).or(person.page.getByRole('link', { name }));
      expect([path, (await found.count()) > 0]).toEqual([path, isAtLeast(role, least)]);
      if (isAtLeast(role, least)) continue;
      const error = await call(access.client).then(
        () => undefined,
        (why: ApiError) => why,
      );
      expect([path, error?.code]).toEqual([path, 'forbidden']);
    }
    expect(person.violations()).toEqual([]);
    await person.close();
  },
  300_000,
);
