import { insertClient, insertUser, DEFAULT_ORGANIZATION as organization_id, type Store } from '@writ/store';

/** When every test of the queries plays, in milliseconds. */
export const NOW = 1_767_000_000_000;
let made = 0;
/** Makes an id no other row of the file has. */
export const id = (prefix: string): string => {
  made += 1;
  return `${prefix}_${String(made).padStart(8, '0')}`;
};

/** A user but for its role. */
export const newUser = (email = `${id('mail')}@example.com`) => ({
  organization_id,
  id: id('usr'),
  email,
  name: 'Ada',
  created_at: NOW,
});

/** A connection to Railway. */
export const newConnection = (slug: string) => ({
  organization_id,
  id: id('con'),
  slug,
  provider: 'railway',
  base_url: 'https://backboard.railway.com',
  origin: 'https://backboard.railway.com',
  settings: {},
  created_by: 'usr_1',
  created_at: NOW,
});

/** An environment of a connection. */
export const newEnvironment = (connection_id: string, slug: string, environment_ids: string[]) => ({
  organization_id,
  id: id('env'),
  connection_id,
  slug,
  selector: { environment_ids },
  members: environment_ids.map((each) => `environment_ids:${each}`),
  protected: false,
  created_by: 'usr_1',
  created_at: NOW,
});

/** Adds an agent and its owner; the client id. */
export async function makeClient(store: Store): Promise<string> {
  const owner = await store.transaction((tx) => insertUser(tx, { ...newUser(), role: 'owner' }));
  const client = await store.transaction((tx) =>
    insertClient(tx, {
      organization_id,
      client_id: id('agent'),
      kind: 'agent',
      name: 'Agent',
      owner_id: owner.id,
      created_by: owner.id,
      auth: { method: 'client_secret_basic' },
      settings: {},
      created_at: NOW,
    }),
  );
  return client.client_id;
}
