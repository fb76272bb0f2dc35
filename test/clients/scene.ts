/**
 * What ordinary GraphQL clients are pointed at: a real broker before a stand-in Railway, and an agent that may read staging and make
 * custom domains there. What each of them asks, and what it must then show to its user.
 */
import { afterAll, beforeAll, expect } from 'vitest';
import { openScene, type Scene } from '../support/scene.ts';

/** A scene for clients: where they send to, and a token that is good for it. */
export interface ClientScene extends Scene {
  /** The GraphQL endpoint, as it would be given to a client in place of the provider's. */
  readonly endpoint: string;
  readonly accessToken: string;
  /** The same agent's client, of kind `ci`. */
  readonly jobToken: string;
}

/** The scene of the tests of a file, once `useScene` has opened it. */
export let scene: ClientScene;

/** To be called once in a file: opens the scene before its tests, and closes it after them. */
export function useScene(): void {
  beforeAll(async () => {
    scene = await openClientScene();
  });
  afterAll(() => scene.close());
}

async function openClientScene(): Promise<ClientScene> {
  const opened = await openScene();
  const job = await opened.client([{ environments: ['staging'], operations: ['*:read'] }], {
    client_id: 'job',
    kind: 'ci',
  });
  return {
    ...opened,
    endpoint: `${opened.broker.url}/gateway/railway/graphql/v2`,
    accessToken: (await opened.token()).access_token,
    jobToken: (await opened.token(job)).access_token,
  };
}

/** A query that is allowed, with a variable. */
export const READ = 'query Read($id: String!) { environment(id: $id) { id name } }';
/** Its variables. */
export const READ_VARIABLES = { id: 'e_staging' };

/** A mutation that is allowed. */
export const CREATE =
  'mutation Create($input: CustomDomainCreateInput!) { customDomainCreate(input: $input) { id domain } }';
/** Its variables; each client makes a domain of its own. */
export const createVariables = (name: string) => ({
  input: {
    domain: `${name}.staging.example.com`,
    environmentId: 'e_staging',
    projectId: 'p_rentals',
    serviceId: 's_api',
  },
});

/** The mutation of the incident: refused. */
export const DELETE = 'mutation Delete($id: String!) { volumeDelete(volumeId: $id) }';
/** Its variables. */
export const DELETE_VARIABLES = { id: 'v_prod' };

/** Fails unless a text tells that nothing was sent, and what the call would have done to what. */
export function expectSentence(told: string): void {
  expect(told).toContain('Nothing was sent.');
  expect(told).toContain('volumeDelete would destroy volume v_prod');
}

/** The names of the operations that arrived at the provider since it was last asked, the broker's own questions left out. */
export async function arrivedNames({ railway }: Scene): Promise<readonly string[]> {
  const { requests } = await railway.recorded();
  await railway.reset({ world: true });
  const names = requests.map(({ body }) => (JSON.parse(body) as { operationName?: string }).operationName ?? '');
  return names.filter((name) => !name.startsWith('Writ'));
}
