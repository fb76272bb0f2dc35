/** urql, as it comes: it reads by GET, and asks for several media types. */
import { Client, fetchExchange } from '@urql/core';
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

function clientWith(headers: Readonly<Record<string, string>> = {}): Client {
  const fetchOptions = { headers: { authorization: `Bearer ${scene.accessToken}`, ...headers } };
  return new Client({ url: scene.endpoint, exchanges: [fetchExchange], fetchOptions });
}

test('reads', async () => {
  const { data, error } = await clientWith().query(READ, READ_VARIABLES);
  expect(error).toBeUndefined();
  expect(data).toMatchObject({ environment: { id: 'e_staging', name: 'staging' } });
});

test('reads by GET', async () => {
  const { data } = await clientWith().query(READ, READ_VARIABLES, { preferGetMethod: 'force' });
  expect(data).toMatchObject({ environment: { id: 'e_staging' } });
});

test('changes what it may', async () => {
  const variables = createVariables('urql');
  const { data } = await clientWith().mutation(CREATE, variables);
  expect(data).toMatchObject({ customDomainCreate: { domain: variables.input.domain } });
});

test('shows the sentence of a refusal, with any Accept', async () => {
  for (const headers of [{}, { accept: 'application/json' }]) {
    const { data, error } = await clientWith(headers).mutation(DELETE, DELETE_VARIABLES);
    expect(data ?? null).toBeNull();
    expectSentence(error?.message ?? '');
  }
});

test('shows that a connection does not exist', async () => {
  const url = scene.endpoint.replace('/railway/', '/nothing/');
  const fetchOptions = { headers: { authorization: `Bearer ${scene.accessToken}` } };
  const { error } = await new Client({ url, exchanges: [fetchExchange], fetchOptions }).query(READ, READ_VARIABLES);
  expect(error?.message).toContain('There is no such connection');
});
