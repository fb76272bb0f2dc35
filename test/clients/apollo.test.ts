/** Apollo Client 4, as it comes: it names itself in `extensions`, and asks for GraphQL's own media type. */
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { describe, expect, test } from 'vitest';
import {
  arrivedNames,
  CREATE,
  createVariables,
  DELETE,
  DELETE_VARIABLES,
  expectSentence,
  READ,
  READ_VARIABLES,
  scene,
  useScene,
} from './scene.ts';

useScene();

/** What an HTTP link is told beside where to send. */
type LinkOptions = Pick<HttpLink.Options, 'headers' | 'useGETForQueries'>;

function clientWith({ headers, ...options }: LinkOptions = {}, ...before: readonly ApolloLink[]): ApolloClient {
  const all = { authorization: `Bearer ${scene.accessToken}`, ...headers };
  const http = new HttpLink({ uri: scene.endpoint, headers: all, ...options });
  return new ApolloClient({ link: ApolloLink.from([...before, http]), cache: new InMemoryCache() });
}

async function readsStaging(client: ApolloClient): Promise<void> {
  const { data } = await client.query({ query: gql(READ), variables: READ_VARIABLES });
  expect(data).toMatchObject({ environment: { id: 'e_staging', name: 'staging' } });
}

async function told(client: ApolloClient): Promise<string> {
  try {
    await client.mutate({ mutation: gql(DELETE), variables: DELETE_VARIABLES });
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it was not refused');
}

test('reads', async () => {
  await readsStaging(clientWith());
});

test('changes what it may', async () => {
  const variables = createVariables('apollo');
  const { data } = await clientWith().mutate({ mutation: gql(CREATE), variables });
  expect(data).toMatchObject({ customDomainCreate: { domain: variables.input.domain } });
});

test('reads by GET, where it is set to', async () => {
  await readsStaging(clientWith({ useGETForQueries: true }));
  expectSentence(await told(clientWith({ useGETForQueries: true })));
});

describe('shows the sentence of a refusal', () => {
  test('by default', async () => {
    await arrivedNames(scene);
    expectSentence(await told(clientWith()));
    expect(await arrivedNames(scene)).toEqual([]);
  });

  test('where it takes plain JSON, as earlier versions do', async () => {
    expectSentence(await told(clientWith({ headers: { accept: '*/*' } })));
  });
});

test('a persisted query by its hash alone is refused, by name', async () => {
  const link = new PersistedQueryLink({ sha256: async () => 'a-hash' });
  await expect(readsStaging(clientWith({}, link))).rejects.toThrow('"persistedQuery" came without its document');
});
