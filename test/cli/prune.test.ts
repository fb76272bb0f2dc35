/** `writ audit prune` on a real broker, and what `writ audit verify` says of what remains. */
import { join } from 'node:path';
import type { Sql } from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OwnerScene, openOwnerScene } from './owner-scene.ts';
import type { Home } from './run.ts';

let scene: OwnerScene;
let home: Home;
let sql: Sql;
let password: string;

beforeAll(async () => {
  scene = await openOwnerScene();
  ({ home, sql, password } = scene);
}, 120_000);
afterAll(() => scene.close());

const prune = (before: string) => home.writ(['audit', 'prune', '--before', before], [password]);

test('the log is pruned behind a checkpoint that was fetched, and what remains is verified with it', {
  timeout: 120_000,
}, async () => {
  const early = await prune('31d');
  expect([early.code, early.stderr]).toEqual([1, expect.stringContaining('writ audit checkpoint --out FILE')]);
  const young = await prune('29d');
  expect([young.code, young.stderr]).toEqual([1, expect.stringContaining('at least 30 days ago')]);
  const wrong = await prune('yesterday');
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('90d')]);
  expect((await home.writ(['audit', 'checkpoint', '--out', 'kept.txt'])).code).toBe(0);
  expect((await home.writ(['audit', 'export', '--out', 'all.ndjson'])).code).toBe(0);
  await sql`update audit_events set at = at - interval '60 days'`;

  const pruned = await prune('31d');
  expect([pruned.code, pruned.stdout]).toEqual([0, expect.stringMatching(/^Removed: entries 1 to \d+, \d+ in all\./)]);
  expect(pruned.stdout).toContain('Later entries are in no checkpoint that was handed out');
  const whole = await home.writ(['audit', 'verify', '--checkpoint', 'kept.txt']);
  expect([whole.code, whole.stdout]).toEqual([0, expect.stringContaining('were pruned')]);
  await home.writ(['audit', 'export', '--out', 'rest.ndjson']);
  const offline = ['audit', 'verify', 'rest.ndjson', '--checkpoint', join(home.folder, 'kept.txt')];
  expect((await home.writ([...offline, '--url', 'http://127.0.0.1:1'])).code).toBe(0);

  const [{ seq } = { seq: 0 }] = await sql<{ seq: number }[]>`select min(seq)::int as seq from audit_events`;
  await sql`delete from audit_events where seq = ${seq}`;
  const cut = await home.writ(['audit', 'verify']);
  expect([cut.code, cut.stdout]).toEqual([
    1,
    expect.stringContaining('no later entry says that just these were pruned'),
  ]);
});
