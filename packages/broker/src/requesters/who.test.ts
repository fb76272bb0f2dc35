/** Who counts as having asked, and who may say yes. */
import {
  type Client,
  deleteClient,
  deleteUser,
  insertClient,
  insertConnection,
  insertGrant,
  insertUser,
  DEFAULT_ORGANIZATION as organization_id,
  tieUsers,
  updateGrant,
  updateUser,
} from '@writ/store';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { id, NOW, newConnection, newUser } from '../../../../test/support/rows.ts';
import { DATABASES, OPENING, openTestStore, type TestStore } from '../../../../test/support/store.ts';
import { type Question, requestersOf, whoMay, whoMayEach } from './who.ts';

describe.each(DATABASES)('who asks and who may say yes, %s', (kind) => {
  let opened: TestStore;
  beforeAll(async () => {
    opened = await openTestStore(kind, () => NOW);
  }, OPENING);
  afterAll(() => opened.dispose());
  // Each test has the users to itself: those of the one before can no longer sign in.
  beforeEach(() => sql('update users set password_hash = null'));

  const sql = (text: string) => opened.store.driver.script((run) => run({ text }));

  type Role = 'owner' | 'admin' | 'approver' | 'auditor';
  const user = async (role: Role, password_hash: string | null = 'fake-hash'): Promise<string> =>
    (await opened.store.transaction((tx) => insertUser(tx, { ...newUser(), role, password_hash }))).id;
  const client = async (people: Pick<Client, 'owner_id' | 'created_by' | 'secret_holder_id'>): Promise<string> => {
    const row = {
      organization_id,
      client_id: id('agent'),
      kind: 'agent' as const,
      name: 'Agent',
      ...people,
      auth: { method: 'client_secret_basic' },
      settings: {},
      created_at: NOW,
    };
    return (await opened.store.transaction((tx) => insertClient(tx, row))).client_id;
  };
  const of = async (owner: string): Promise<string> =>
    client({ owner_id: owner, created_by: owner, secret_holder_id: null });
  const tie = async (by_id: string, user_id: string, days = 0, kind: 'invited' | 'reset' | 'role' = 'invited') => {
    await opened.store.transaction((tx) => tieUsers(tx, { organization_id, by_id, user_id, kind }));
    const at = `now() - make_interval(secs => ${days * 86_400})`;
    await sql(`update user_ties set at = ${at} where by_id = '${by_id}' and user_id = '${user_id}'`);
  };
  const asked = (client_ids: string[], grant_ids: string[] = []) =>
    requestersOf(opened.store.db, { organization_id, client_ids, grant_ids });
  const may = (question: Partial<Question>) =>
    whoMay(opened.store.db, {
      organization_id,
      kind: 'request',
      requesters: [],
      protected: true,
      quorum: 1,
      ...question,
    });

  test('owner, creator and last secret-holder of every client of the act chain have asked, deleted ones too', async () => {
    const [owner, creator, holder, other] = [
      await user('owner'),
      await user('admin'),
      await user('admin'),
      await user('approver'),
    ];
    const first = await client({ owner_id: owner, created_by: creator, secret_holder_id: holder });
    const second = await of(other);
    expect(await asked([first])).toEqual([owner, creator, holder].sort());
    expect(await asked([first, second])).toEqual([owner, creator, holder, other].sort());
    await opened.store.transaction((tx) => deleteClient(tx, { organization_id, client_id: second, now: NOW }));
    expect(await asked([second])).toEqual([other]);
  });

  test('who made a grant that was used has asked, and who changed what it allows', async () => {
    const [owner, maker, changer] = [await user('owner'), await user('admin'), await user('admin')];
    const agent = await of(owner);
    const grant_id = id('grt');
    await opened.store.transaction(async (tx) => {
      const connection = await insertConnection(tx, newConnection(id('slug').replace('_', '-')));
      await insertGrant(tx, {
        organization_id,
        id: grant_id,
        client_id: agent,
        connection_id: connection.id,
        scope: { connection: connection.slug, environments: ['*'], operations: ['*'] },
        created_by: maker,
        created_at: NOW,
        updated_at: NOW,
      });
    });
    expect(await asked([agent], [grant_id])).toEqual([owner, maker].sort());
    const set = { changed_by: [changer] };
    await opened.store.transaction((tx) => updateGrant(tx, { organization_id, id: grant_id, now: NOW, set }));
    expect(await asked([agent], [grant_id])).toEqual([owner, maker, changer].sort());
  });

  test('a client or grant that nobody is known to stand behind is an error, never a request without requesters', async () => {
    const agent = await of(await user('owner'));
    await expect(asked(['no-such-client'])).rejects.toThrow('stand behind no-such-client');
    await expect(asked([agent], ['grt_none'])).rejects.toThrow('stand behind grt_none');
  });

  test.each(['invited', 'reset', 'role'] as const)(
    'who was %s by a requester counts as that one for 7 days, and so does whom that one made in turn',
    async (by) => {
      const [owner, made, next] = [await user('owner'), await user('admin'), await user('approver')];
      const agent = await of(owner);
      await tie(owner, made, 6.99, by);
      await tie(made, next, 6.99, by);
      expect(await asked([agent])).toEqual([owner, made, next].sort());
      expect(await may({ requesters: [owner] })).toEqual({ approvers: [owner, made, next].sort(), sole: true });
      await tie(owner, made, 7.01, by);
      expect(await asked([agent])).toEqual([owner]);
      expect(await may({ requesters: [owner] })).toEqual({ approvers: [made, next].sort(), sole: false });
    },
  );

  test('two who made each other are both requesters, and the question ends', async () => {
    const [one, two] = [await user('owner'), await user('owner')];
    await tie(one, two);
    await tie(two, one, 0, 'reset');
    expect(await asked([await of(one)])).toEqual([one, two].sort());
  });

  test('approvers are users of role approver or up who have a password and were not deleted', async () => {
    const [owner, admin, approver] = [await user('owner'), await user('admin'), await user('approver')];
    await user('auditor');
    await user('owner', null);
    const gone = await user('owner');
    await opened.store.transaction((tx) => deleteUser(tx, { organization_id, id: gone, now: NOW }));
    expect(await may({})).toEqual({ approvers: [owner, admin, approver].sort(), sole: false });
    expect(await may({ kind: 'token' })).toEqual({ approvers: [owner, admin].sort(), sole: false });
  });

  test('nobody who asked may say yes where it is protected while any other user could', async () => {
    const [owner, approver] = [await user('owner'), await user('approver')];
    expect(await may({ requesters: [owner] })).toEqual({ approvers: [approver], sole: false });
    expect(await may({ requesters: [owner], protected: false })).toEqual({
      approvers: [owner, approver].sort(),
      sole: false,
    });
  });

  test('who asked may while nobody else could, until somebody else can; never towards a quorum', async () => {
    const owner = await user('owner');
    await user('auditor');
    expect(await may({ requesters: [owner] })).toEqual({ approvers: [owner], sole: true });
    expect(await may({ requesters: [owner], quorum: 2 })).toMatchObject({ approvers: [], sole: false });
    const approver = await user('approver');
    expect(await may({ requesters: [owner] })).toEqual({ approvers: [approver], sole: false });
    expect(await may({ requesters: [owner], kind: 'token' })).toEqual({ approvers: [owner], sole: true });
    expect(await may({ requesters: [owner], quorum: 2 })).toMatchObject({ approvers: [], sole: false });
    const set = { role: 'auditor' as const };
    await opened.store.transaction((tx) => updateUser(tx, { organization_id, id: approver, set }));
    expect(await may({ requesters: [owner] })).toEqual({ approvers: [owner], sole: true });
  });

  test('of several that wait it says the same as of each, by the people behind each alone', async () => {
    const [owner, admin, made] = [await user('owner'), await user('admin'), await user('approver')];
    await tie(admin, made);
    const [first, second] = [await of(owner), await of(admin)];
    const question = { organization_id, kind: 'request', act_chain: [], grant_ids: [], requesters: [] } as const;
    const ask = { ...question, protected: true, quorum: 1 };
    const each = await whoMayEach(opened.store.db, organization_id, [
      { ...ask, client_id: first },
      { ...ask, client_id: second },
      { ...ask, client_id: first, act_chain: [second] },
      { ...ask, client_id: first, kind: 'token' },
      { ...ask, client_id: second, protected: false, quorum: 3 },
    ]);
    expect(each).toEqual([
      { approvers: [admin, made].sort(), sole: false },
      { approvers: [owner], sole: false },
      { approvers: [owner, admin, made].sort(), sole: true },
      { approvers: [admin], sole: false },
      { approvers: [owner, admin, made].sort(), sole: false },
    ]);
    const gone = { ...ask, client_id: 'never-there' };
    await expect(whoMayEach(opened.store.db, organization_id, [gone])).rejects.toThrow(TypeError);
  });

  test('where nobody may, it says what it takes and how to add somebody', async () => {
    expect(await may({ requesters: ['usr_gone'] })).toEqual({
      approvers: [],
      sole: false,
      nobody:
        'It takes a yes of somebody who did not ask for it, and there is nobody. An owner can add one: writ user invite <address> ' +
        '--name <name> --role approver. Who is invited by somebody who asked counts as that one for 7 days.',
    });
    const owner = await user('owner');
    expect((await may({ protected: false, quorum: 2, requesters: [owner] })).nobody).toBe(
      'It takes a yes of 2 people, and there is only 1. An owner can add one: writ user invite <address> --name <name> --role approver.',
    );
    expect((await may({ kind: 'token', quorum: 2, requesters: [owner] })).nobody).toContain('--role admin');
  });
});
