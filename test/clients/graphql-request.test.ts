/** graphql-request, as it comes. */
import { GraphQLClient } from 'graphql-request';
import { expect, test } from 'vitest';
import {
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

function clientWith(token: string, headers: Readonly<Record<string, string>> = {}, method?: 'GET'): GraphQLClient {
  const all = { authorization: `Bearer ${token}`, ...headers };
  return new GraphQLClient(scene.endpoint, { headers: all, ...(method !== undefined && { method }) });
}

async function told(client: GraphQLClient, document = DELETE): Promise<string> {
  try {
    await client.request(document, DELETE_VARIABLES);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it was not refused');
}

test('reads, by POST and by GET', async () => {
  for (const method of [undefined, 'GET'] as const) {
    const data = await clientWith(scene.accessToken, {}, method).request(READ, READ_VARIABLES);
    expect(data).toMatchObject({ environment: { id: 'e_staging', name: 'staging' } });
  }
});

test('changes what it may', async () => {
  const variables = createVariables('graphql-request');
  const data = await clientWith(scene.accessToken).request(CREATE, variables);
  expect(data).toMatchObject({ customDomainCreate: { domain: variables.input.domain } });
});

test('shows the sentence of a refusal, with any Accept', async () => {
  for (const headers of [{}, { accept: 'application/json' }, { accept: '*/*' }]) {
    expectSentence(await told(clientWith(scene.accessToken, headers)));
  }
});

test('fails a CI job by status, and still shows the sentence', async () => {
  expectSentence(await told(clientWith(scene.jobToken, { accept: 'application/json' })));
  const headers = { authorization: `Bearer ${scene.jobToken}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ query: DELETE, variables: DELETE_VARIABLES });
  expect((await scene.send('/gateway/railway/graphql/v2', { method: 'POST', headers, body })).status).toBe(403);
});

test('shows that a token is wrong', async () => {
  expect(await told(clientWith('fake-token'))).toContain('The access token is missing, wrong, expired or revoked.');
});
