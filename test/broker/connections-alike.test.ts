/** Two connections with one root credential: it is said, and what an owner confirmed of two is confirmed of these two alone. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createConnection } from '../../packages/broker/src/connections/create.ts';
import { verifyConnection } from '../../packages/broker/src/connections/verify.ts';
import { type InProcess, openInProcess } from '../support/in-process.ts';
import type { RailwayUpstream } from '../support/railway-upstream/start.ts';
import { DATABASES } from '../support/store.ts';

describe.each(DATABASES)('connections that are alike, on %s', (kind) => {
  let it: InProcess;
  let railway: RailwayUpstream;

  beforeAll(async () => {
    it = await openInProcess(kind, { railway: 'connected' });
    ({ railway } = it);
    await verifyConnection(it.owner(), { connection: 'railway' });
  });
  afterAll(async () => {
    await it?.close();
  });

  test('a second connection with the same identity and reach is said, and an owner confirms it', async () => {
    const credential = { kind: 'account_token', value: railway.tokens.account };
    await createConnection(it.owner(), { slug: 'twin', provider: 'railway', base_url: railway.url, credential });
    const first = await verifyConnection(it.owner(), { connection: 'twin' });
    expect(first).toMatchObject({ same_as: ['railway'], confirmed: false });
    const confirmed = await verifyConnection(it.owner(), { connection: 'twin', confirm: true });
    expect(confirmed).toMatchObject({ same_as: ['railway'], confirmed: true });
  });

  test('what was confirmed of one connection is not confirmed of the next, nor by the one that was there before', async () => {
    const credential = { kind: 'account_token', value: railway.tokens.account };
    const other = await verifyConnection(it.owner(), { connection: 'railway' });
    expect(other).toMatchObject({ same_as: ['twin'], confirmed: false });
    await createConnection(it.owner(), { slug: 'triplet', provider: 'railway', base_url: railway.url, credential });
    await verifyConnection(it.owner(), { connection: 'triplet' });
    const again = await verifyConnection(it.owner(), { connection: 'twin' });
    expect(again.same_as.toSorted()).toEqual(['railway', 'triplet']);
    expect(again.confirmed).toBe(false);
  });
});
