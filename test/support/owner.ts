import { randomBytes } from 'node:crypto';
import { type ApiClient, type Assertion, createClient, type Role } from '@writ/api';

/** Someone who has signed in to a test's broker. */
export interface Access {
  readonly email: string;
  readonly password: string;
  /** For `call(id, input, { assertion })`. */
  readonly assertion: Assertion;
  /** The `Cookie` header of the session. */
  readonly cookie: string;
  /** The API, signed in as a browser is: for 15 minutes the sign-in counts as recent. */
  readonly client: ApiClient;
}

/** The owner, who can let others in. */
export interface OwnerAccess extends Access {
  /** Adds a user and signs them in. */
  invite(role: Role): Promise<Access>;
}

/** Does the set-up of a broker. */
export async function signUpOwner(broker: { readonly url: string; readonly setupToken: string }): Promise<OwnerAccess> {
  const email = 'owner@example.com';
  const password = fakePassword();
  const input = { setup_token: broker.setupToken, email, name: 'Test Owner', password };
  const cookie = await cookieFrom(`${broker.url}/api/v1/setup`, input);
  const owner = accessOf(broker.url, { email, password, cookie });
  return { ...owner, invite: (role) => invite(broker.url, { owner, role }) };
}

/** Signs a user in. */
export async function signIn(url: string, who: { readonly email: string; readonly password: string }): Promise<Access> {
  const { email, password } = who;
  return accessOf(url, { email, password, cookie: await cookieFrom(`${url}/api/v1/session`, { email, password }) });
}

async function invite(url: string, { owner, role }: { owner: Access; role: Role }): Promise<Access> {
  const email = `${role}-${randomBytes(4).toString('hex')}@example.com`;
  const password = fakePassword();
  const { assertion } = owner;
  const { link } = await owner.client.call('users.create', { email, name: `Test ${role}`, role }, { assertion });
  const token = link.split('#token=')[1] ?? '';
  await createClient({ baseUrl: url, fetch }).call('users.accept', { token, password });
  return await signIn(url, { email, password });
}

function accessOf(url: string, who: Pick<Access, 'email' | 'password' | 'cookie'>): Access {
  const client = createClient({ baseUrl: url, fetch, headers: { cookie: who.cookie } });
  return { ...who, assertion: { password: who.password }, client };
}

async function cookieFrom(url: string, body: object): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const cookie = response.headers.getSetCookie()[0]?.split(';')[0];
  if (response.status !== 201 || cookie === undefined) {
    throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  }
  return cookie;
}

/** A password that is good enough, made at run time and plainly not real. */
export function fakePassword(): string {
  return `not a real password ${randomBytes(8).toString('hex')}`;
}
