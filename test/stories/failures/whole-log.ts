import { expect } from 'vitest';
import { verifyChain } from '../../../packages/core/src/audit/chain.ts';
import type { Scene } from '../../support/scene.ts';

/** Exports the audit log over the API, expects its chain to be whole, and returns its entries. */
export async function wholeLog({ owner }: Pick<Scene, 'owner'>): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const lines = await Array.fromAsync(await owner.client.call('audit.export', {}));
  const { items } = await owner.client.call('audit.list', { limit: 1 });
  const newest = items[0];
  expect(await verifyChain(lines)).toMatchObject({ whole: true, entries: lines.length });
  expect(newest?.seq).toBeGreaterThanOrEqual(lines.length);
  return lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}
