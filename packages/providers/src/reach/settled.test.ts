/** What was settled of a request is used again only where it must be the same: never for longer, for anything worse, or elsewhere. */
import { describe, expect, test } from 'vitest';
import {
  classify,
  environmentRow,
  INCIDENT,
  type InWorld,
  inWorld,
} from '../../../../test/support/railway-upstream/in-world.ts';

const READ = classify('{ volumeInstance(id: "vi_stag") { state } }');
const DESTROY = classify('mutation { volumeDelete(volumeId: "v_stag") }');

/** Resolves as one and the same connection does until something of it changes. */
function connected({ upstream, clock }: Pick<InWorld, 'upstream' | 'clock'>, environments = INCIDENT) {
  const connection = { id: 'con_1', slug: 'railway', environments };
  return async (classified = READ) =>
    (await upstream.resolve(classified, { connection, client_id: 'cli_1', arrived: clock.now })).operations;
}

describe('what was settled of a request that reads', () => {
  /** Asks until everything is known and remembered. */
  async function settled() {
    const connection = inWorld();
    const resolve = connected(connection);
    await resolve();
    const first = await resolve();
    expect(await resolve()).toBe(first);
    const { upstream, asked, clock } = connection;
    return { upstream, asked, clock, resolve, first };
  }

  test('is given again for 5 s', async () => {
    const { resolve, first, clock } = await settled();
    clock.now += 4_999;
    expect(await resolve()).toBe(first);
    clock.now += 1;
    expect(await resolve()).not.toBe(first);
  });

  test('never makes knowledge older than 5 minutes count', async () => {
    const { resolve, asked, clock } = await settled();
    clock.now += 294_999;
    await resolve();
    const before = asked.length;
    clock.now += 4_999;
    await resolve();
    expect(asked.length).toBe(before);
    clock.now += 1;
    await resolve();
    expect(asked.length).toBeGreaterThan(before);
  });

  test('ends with a forwarded call that may have moved something', async () => {
    const { resolve, first, upstream } = await settled();
    upstream.forwarded([...(await resolve(DESTROY))]);
    expect(await resolve()).not.toBe(first);
  });

  test('ends when anything is asked anew: that may be known otherwise from then on', async () => {
    const { resolve, first, asked, clock } = await settled();
    clock.now += 1;
    const before = asked.length;
    await resolve(DESTROY);
    expect(asked.length).toBeGreaterThan(before);
    expect(await resolve()).not.toBe(first);
  });

  test('holds for the environments of the connection as they were', async () => {
    const world = await settled();
    const renamed = INCIDENT.map((row) => (row.slug === 'staging' ? { ...row, slug: 'test' } : row));
    const [read] = await connected(world, renamed)();
    expect(read?.environments).toMatchObject([{ slug: 'test', kind: 'other' }]);
  });

  test('is not remembered of a call that must be as new as the call itself', async () => {
    const world = inWorld();
    const resolve = connected(world);
    await resolve(DESTROY);
    expect(await resolve(DESTROY)).not.toBe(await resolve(DESTROY));
  });

  test('is not remembered where it reaches very many environments: memory is for what is asked all the time', async () => {
    const made = Array.from({ length: 130 }, (_, n) =>
      environmentRow(`e${n}`, 'other', { environment_ids: [`e_${n}`] }),
    );
    const [wide, world] = [classify('{ usage(measurements: [CPU_USAGE]) { value } }'), inWorld()];
    const narrow = connected(world);
    await narrow(wide);
    expect(await narrow(wide)).toBe(await narrow(wide));
    const resolve = connected(world, [...INCIDENT, ...made]);
    expect((await resolve(wide))[0]?.environments.length).toBeGreaterThan(130);
    expect(await resolve(wide)).not.toBe(await resolve(wide));
  });
});
