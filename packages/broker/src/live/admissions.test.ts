import { PROVIDERS } from '@writ/providers';
import type { AdmissionRow } from '@writ/store';
import { expect, test } from 'vitest';
import type { BaseServices } from '../context.ts';
import { rememberReviewed } from './admissions.ts';

const railway = PROVIDERS.find(({ id }) => id === 'railway');
if (!railway) throw new Error('there is no railway');

const row = (change: Partial<AdmissionRow>): AdmissionRow => ({
  organization_id: 'default',
  connection_id: 'con_1',
  operation: 'fresh',
  part: '',
  effect: 'read',
  shape: {
    kind: 'field',
    owner: 'Query',
    field: 'fresh',
    type: 'Int',
    args: {},
    types: { scalars: [], enums: {}, unions: {}, objects: [], inputs: {} },
  },
  schema_digest: '00',
  note: 'test',
  stale_since: null,
  created_by: 'usr_1',
  created_at: 0,
  ...change,
});

function reviewing() {
  const logged: string[] = [];
  const log = { error: (event: string) => void logged.push(event) };
  const review = rememberReviewed({ log } as unknown as BaseServices);
  const of = (...admission_rows: AdmissionRow[]) =>
    review(railway as NonNullable<typeof railway>, { id: 'con_1', admission_rows });
  const knows = (...rows: AdmissionRow[]) => of(...rows).operations.some(({ name }) => name === 'fresh');
  return { logged, of, knows };
}

test('what was admitted is made into a provider once, for as long as it is the same', () => {
  const { of, knows } = reviewing();
  expect(of()).toBe(railway);
  expect(knows(row({}))).toBe(true);
  expect(of(row({}))).toBe(of(row({ note: 'another', created_at: 7 })));
  expect(of(row({ effect: 'reveal' })).catalogVersion).not.toBe(of(row({})).catalogVersion);
});

test('what a later schema lacks counts for nothing', () => {
  expect(reviewing().knows(row({ stale_since: 1 }))).toBe(false);
});

test('what does not fit the catalog leaves the connection as the catalog has it, and is logged', () => {
  const { logged, of } = reviewing();
  const shape = { ...row({}).shape, type: 'Gone' };
  expect(of(row({ shape }))).toBe(railway);
  expect(of(row({ shape: { kind: 'nothing' } }))).toBe(railway);
  expect(of(row({ shape: { ...row({}).shape, field: 'a: Int } type Mutation { x' } }))).toBe(railway);
  expect(logged).toEqual(Array(3).fill('connection.admissions_ignored'));
});
