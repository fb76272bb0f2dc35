import { describe, expect, it } from 'vitest';
import { inWorld } from '../../../../test/support/railway-upstream/in-world.ts';
import type { Need } from './knowledge.ts';
import { Knowledge } from './knowledge.ts';
import { Misses } from './misses.ts';

const READ = '{ volumeInstance(id: "vi_stag") { state } }';
const WRITE = 'mutation { volumeUpdate(volumeId: "v_stag", input: { name: "x" }) { id } }';
const DESTROY = 'mutation { volumeDelete(volumeId: "v_stag") }';

describe('how old knowledge may be', () => {
  const asks = async (query: string, afterMs: number) => {
    const { reach, clock, asked } = inWorld();
    await reach(query);
    const before = asked.length;
    clock.now += afterMs;
    await reach(query);
    return asked.length > before;
  };
  it.each([
    ['read', READ, 294_000, false],
    ['read', READ, 301_000, true],
    ['write', WRITE, 29_000, false],
    ['write', WRITE, 31_000, true],
    ['destroy', DESTROY, 1, true],
  ] as const)('%s: after %s %i ms it is asked again: %s', async (_, query, afterMs, expected) => {
    expect(await asks(query, afterMs)).toBe(expected);
  });
  it('an instance that appeared a moment ago in production is seen by the next destruction', async () => {
    const { reach, clock, world } = inWorld();
    expect(await reach(DESTROY)).toEqual(['volumeDelete: staging']);
    const [instance] = world.volumeInstances.filter(({ id }) => id === 'vi_stag');
    if (instance) world.volumeInstances.push({ ...instance, id: 'vi_new', environmentId: 'e_production' });
    clock.now += 1;
    expect(await reach(DESTROY)).toEqual(['volumeDelete: production, staging']);
  });
  it('a forwarded call that may have moved something drops what is known, one that cannot does not', async () => {
    const { reach, upstream, asked, resolve } = inWorld();
    await reach(WRITE);
    const [set] = await resolve(
      'mutation { variableUpsert(input: { projectId: "p_rentals", environmentId: "e_staging", name: "A", value: "b" }) }',
    );
    const [read] = await resolve(READ);
    const known = asked.length;
    if (set && read) upstream.forwarded([set, read]);
    await reach(WRITE);
    expect(asked.length).toBe(known);
    upstream.forwarded(await resolve(WRITE));
    await reach(WRITE);
    expect(asked.length).toBeGreaterThan(known);
  });
});

describe('single flight', () => {
  it('many requests at once ask each question once', async () => {
    const { reach, asked } = inWorld();
    const lines = await Promise.all(Array.from({ length: 20 }, () => reach(WRITE)));
    expect(new Set(lines.flat())).toEqual(new Set(['volumeUpdate: staging']));
    expect(asked.filter((name) => name === 'inventory.projects')).toHaveLength(2);
    expect(asked.filter((name) => name === 'inventory.environment')).toHaveLength(3);
  });
  it('a request does not join a question that was begun before it arrived', async () => {
    let now = 1000;
    let loads = 0;
    const knowledge = new Knowledge(() => now);
    const load = async () => {
      loads += 1;
      const mine = loads;
      await Promise.resolve();
      return mine;
    };
    const get = (need: Need) => knowledge.get('x', need, load);
    const first = get({ since: 1000 });
    now = 1005;
    const second = get({ since: 1005 });
    expect(await Promise.all([first, second])).toEqual([1, 2]);
  });
  it('however many want the newest, one question is under way, and one more waits for all of them', async () => {
    let now = 1000;
    let [running, most, loads] = [0, 0, 0];
    const knowledge = new Knowledge(() => now);
    const needs: number[] = [];
    const load = async ({ since }: Need) => {
      needs.push(since);
      loads += 1;
      running += 1;
      most = Math.max(most, running);
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
      running -= 1;
      return now;
    };
    const asked = Array.from({ length: 50 }, () => {
      now += 1;
      if (now % 10 === 0) knowledge.drop();
      return knowledge.get('x', { since: now }, load);
    });
    const answers = await Promise.all(asked);
    expect(most).toBe(1);
    expect(loads).toBeLessThan(10);
    // Nobody was given an answer from before what they asked for.
    expect(answers.every((at, index) => at >= 1001 + index)).toBe(true);
    expect(needs.at(-1)).toBe(1050);
  });
  it('a question that fails is no obstacle to the next', async () => {
    const knowledge = new Knowledge(() => 1000);
    const failing = knowledge.get('x', { since: 0 }, () => Promise.reject(new Error('silent')));
    knowledge.drop();
    const next = knowledge.get('x', { since: 0 }, async () => 'answer');
    await expect(failing).rejects.toThrow('silent');
    expect(await next).toBe('answer');
  });
  it('an answer that was under way when knowledge was dropped is not kept', async () => {
    const knowledge = new Knowledge(() => 1000);
    let finish: (value: string) => void = () => undefined;
    const before = knowledge.get('x', { since: 0 }, () => new Promise<string>((resolve) => (finish = resolve)));
    knowledge.drop();
    finish('old');
    expect(await before).toBe('old');
    expect(await knowledge.get('x', { since: 0 }, async () => 'new')).toBe('new');
  });
});

describe('misses', () => {
  const miss = (id: string) => `mutation { volumeDelete(volumeId: "${id}") }`;
  it('an id looked up in vain is not looked up again for 30 s', async () => {
    const { reach, asked, clock } = inWorld();
    await expect(reach(miss('v_none'))).rejects.toMatchObject({ code: 'environment_unresolved' });
    const before = asked.length;
    clock.now += 29_000;
    await expect(reach(miss('v_none'))).rejects.toMatchObject({ code: 'environment_unresolved' });
    expect(asked.length).toBe(before);
    clock.now += 2000;
    await expect(reach(miss('v_none'))).rejects.toMatchObject({ code: 'environment_unresolved' });
    expect(asked.length).toBeGreaterThan(before);
  });
  it('a client that guesses is stopped after 20 a minute, and only that client', async () => {
    const { reach, asked, clock } = inWorld();
    for (let n = 0; n < 20; n += 1) await reach(miss(`v_${n}`)).catch(() => undefined);
    const before = asked.length;
    const refused = await reach(miss('v_stag')).catch((error) => error);
    expect(refused).toMatchObject({ code: 'environment_unresolved' });
    expect(refused.message).toMatch(/within a minute/);
    expect(asked.length).toBe(before);
    expect(await reach(miss('v_stag'), { client_id: 'cli_2' })).toEqual(['volumeDelete: staging']);
    clock.now += 60_001;
    expect(await reach(miss('v_stag'))).toEqual(['volumeDelete: staging']);
  });
  it('ids are remembered for 30 s, 5,000 of them and of the clients; a forwarded call forgets the ids alone', () => {
    let now = 0;
    const misses = new Misses(() => now);
    misses.spend('cli_0', 'id 0');
    now = 29_999;
    expect([misses.knows('id 0'), misses.knows('id 1')]).toEqual([true, false]);
    now = 30_000;
    expect(misses.knows('id 0')).toBe(false);
    for (let n = 1; n < 20; n += 1) misses.spend('cli_0', 'id 0');
    misses.drop();
    expect(misses.knows('id 0')).toBe(false);
    const fill = (from: number, to: number) => {
      for (let n = from; n <= to; n += 1) misses.spend(`cli_${n}`, `id ${n}`);
    };
    fill(1, 4_999);
    expect(() => misses.check('cli_0')).toThrow(/within a minute/);
    fill(5_000, 5_001);
    expect(() => misses.check('cli_0')).not.toThrow();
    expect(['id 1', 'id 2', 'id 5001'].map((id) => misses.knows(id))).toEqual([false, true, true]);
  });
});
