/** The OpenAPI document: valid, whole, and such that a client generated from it reads well. */

import { Validator } from '@seriousme/openapi-schema-validator';
import { openApiDocument, ROUTES } from '@writ/api';
import { expect, test } from 'vitest';
import { filesBelow } from '../support/sources.ts';

interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly tags: readonly string[];
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
  >;
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
}

const document = openApiDocument({ publicUrl: 'https://writ.example.com', version: '1' });
const paths = document['paths'] as Readonly<Record<string, Readonly<Record<string, Operation>>>>;
const operations = Object.entries(paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
);
const schemas = (document['components'] as { schemas: Record<string, object> }).schemas;

test('is valid OpenAPI 3.1, and every reference leads somewhere', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(JSON.parse(JSON.stringify(document)));
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) => to ?? '');
  expect(references.filter((to) => schemas[to.replace('#/components/schemas/', '')] === undefined)).toEqual([]);
});

test('every file of schemas gives its shapes their names', () => {
  const [components] = filesBelow('packages/api/src', ['openapi-components.ts']);
  const files = filesBelow('packages/api/src/schemas', ['.ts']).map(({ path }) => path.split('/').at(-1) ?? '');
  const named = files.filter((file) => file !== 'common.ts' && !file.endsWith('.test.ts'));
  expect(named.filter((file) => !components?.text.includes(`'./schemas/${file}'`))).toEqual([]);
  expect(named.length).toBeGreaterThan(10);
});

test('names every operation once, with a tag that is described', () => {
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(
    expect.arrayContaining([...Object.keys(ROUTES), 'oauth.token', 'oauth.introspect', 'oauth.revoke']),
  );
  const tags = (document['tags'] as { name: string; description: string }[]).map(({ name }) => name);
  expect(operations.flatMap(({ operation }) => operation.tags).filter((tag) => !tags.includes(tag))).toEqual([]);
  expect(operations.filter(({ operation }) => !operation.summary?.endsWith('.'))).toEqual([]);
});

test('names the shape of every body and of every answer', () => {
  const unnamed = operations.flatMap(({ operation }) => {
    const content = [operation.requestBody?.content, ...Object.values(operation.responses).map((one) => one.content)];
    const bodies = content.flatMap((one) => Object.entries(one ?? {}));
    return bodies
      .filter(
        ([type, { schema }]) =>
          /\/json$|\+json$|urlencoded$/.test(type) && !('$ref' in schema) && !operation.tags.includes('oauth'),
      )
      .map(() => operation.operationId);
  });
  expect(unnamed).toEqual([]);
  for (const name of [
    'Problem',
    'FieldProblem',
    'Grant',
    'Grants',
    'Client',
    'Connection',
    'Environment',
    'Guardrail',
    'AuthorizationDetail',
    'TokenResponse',
    'GrantsCreateRequest',
  ])
    expect(schemas).toHaveProperty(name);
});

test('says of each operation how it can fail', () => {
  const statusesOf = (id: string) =>
    Object.keys(operations.find(({ operation }) => operation.operationId === id)?.operation.responses ?? {});
  expect(statusesOf('grants.create')).toEqual(
    expect.arrayContaining(['201', '400', '401', '403', '413', '415', '422', '429', '503']),
  );
  expect(statusesOf('connections.create')).toContain('409');
  expect(statusesOf('grants.get')).toEqual(expect.arrayContaining(['200', '401', '403', '404', '422', '429', '503']));
  expect(statusesOf('grants.list')).toEqual(expect.arrayContaining(['200', '400', '401', '422', '429', '503']));
  expect(statusesOf('self.explain')).toEqual(expect.arrayContaining(['200', '400', '401', '403', '413', '415', '429']));
  expect(statusesOf('oauth.token')).toEqual(expect.arrayContaining(['200', '400', '401', '413', '429', '503']));
});
