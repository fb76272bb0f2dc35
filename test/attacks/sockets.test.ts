/**
 * Attackers who can open a socket, or have a narrow token, at the very address of valid clients: while they attack, the others are
 * served, and the broker lives with a heap that would not hold what it is sent.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Program, startProgram } from '../support/program.ts';
import { openScene, readStaging, type Scene, tokens } from '../support/scene.ts';

let scene: Scene;
let token: () => Promise<string>;
beforeAll(async () => {
  scene = await openScene({ env: { NODE_OPTIONS: '--max-old-space-size=192' } });
  token = tokens(scene, await scene.client());
});
afterAll(() => scene.close());

async function startAttack(name: string, narrow: string): Promise<Program> {
  const port = new URL(scene.broker.url).port;
  return startProgram(new URL(`./programs/${name}.ts`, import.meta.url), [port, '3', narrow]);
}

test.each([
  ['chunks-session', 'bodies of strangers in chunks of one byte'],
  ['chunks-gateway', 'bodies of a narrow token in chunks of one byte'],
  ['unread', 'pipelined requests whose refusals nobody reads'],
  ['pipelined', 'a thousand pipelined requests on each of sixty sockets'],
  ['strangers', 'requests for connections that do not exist'],
  ['explain', 'large documents that a narrow token has explained'],
  ['documents', 'the largest public document, asked for and never read'],
])(
  '%s: %s keep nobody from being served',
  async (name) => {
    const narrow = await scene.token();
    const mine = await token();
    expect((await scene.graphql(mine, readStaging())).status).toBe(200);
    const attack = await startAttack(name, narrow.access_token);
    let over = false;
    void attack.ended.then(() => {
      over = true;
    });
    const statuses: number[] = [];
    const { cookie } = scene.owner;
    while (!over) {
      statuses.push((await scene.graphql(await token(), readStaging())).status);
      // A connection of its own, as each command of `writ` opens one.
      statuses.push((await scene.send('/api/v1/me', { headers: { cookie, connection: 'close' } })).status);
    }
    expect(statuses.length).toBeGreaterThan(0);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    const toll = JSON.parse(attack.lines()[0] ?? '{}');
    expect(toll.sent_bytes).toBeGreaterThan(10_000);
    // What was taken is given back: as many as there are places find one.
    const after = await Promise.all(Array.from({ length: 40 }, async () => scene.graphql(mine, readStaging())));
    expect(after.map(({ status }) => status)).toEqual(after.map(() => 200));
  },
  60_000,
);
