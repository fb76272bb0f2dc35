/** `writ notifications` on a real broker, which delivers by itself. */
import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pinnedNode } from '../support/broker-process.ts';
import { collectOutput } from '../support/output.ts';
import { type OwnerScene, openOwnerScene } from './owner-scene.ts';
import { cliMain } from './run.ts';

let scene: OwnerScene;
let receiver: Server;
let url: string;
const received: string[] = [];

beforeAll(async () => {
  scene = await openOwnerScene();
  receiver = createServer(async (request, response) => {
    received.push((await Array.fromAsync(request)).join(''));
    response.end();
  });
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/not-a-real-secret`;
}, 120_000);
afterAll(async () => {
  receiver.close();
  await scene.close();
});

test('a webhook is added by its URL from standard input, told of a freeze by the broker, changed and removed', {
  timeout: 120_000,
}, async () => {
  const { home, password } = scene;
  const wrong = await home.writ(
    ['notifications', 'add', 'webhook', '--name', 'x', '--events', 'freeze,nothing'],
    [url, password],
  );
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('is no kind of event')]);
  const none = await home.writ(
    ['notifications', 'add', 'mail', '--name', 'x', '--address', 'a@example.com'],
    [password],
  );
  expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('WRIT_SMTP_URL')]);
  const added = await home.writ(
    ['notifications', 'add', 'webhook', '--name', 'ops', '--events', 'freeze'],
    [url, password],
  );
  expect([added.code, added.stdout]).toEqual([0, expect.stringMatching(/signed with this secret[\s\S]*whsec_/)]);
  const [id = ''] = /ntf_\w+/.exec(added.stdout) ?? [];
  const tried = await home.writ(['notifications', 'test', id]);
  expect([tried.code, tried.stdout.trim()]).toEqual([0, 'It arrived.']);
  await home.writ(['freeze', 'on', '--all', '--reason', "nobody's business"]);
  await expect.poll(() => received.join(), { timeout: 60_000 }).toContain('"freeze.created"');
  const listed = await home.writ(['notifications', 'list']);
  expect(listed.stdout).toMatch(/ops +webhook +freeze +20\d\d-[\s\S]*127\.0\.0\.1:\d+/);
  const set = await home.writ(['notifications', 'set', id, '--events', 'hold'], [password]);
  expect([set.code, set.stdout]).toEqual([0, expect.stringContaining('of hold.')]);
  const removed = await home.writ(['notifications', 'remove', id], [password]);
  expect([removed.code, removed.stdout.trim()]).toEqual([0, `${id} is removed.`]);
  expect((await home.writ(['notifications', 'list'])).stdout).toContain('Nobody is told of anything');
  const shown = [wrong, none, added, tried, listed, set, removed].map(({ stdout, stderr }) => stdout + stderr).join();
  expect(shown + received.join()).not.toMatch(/not-a-real-secret|nobody's business/);
});

test('events are watched as they are recorded, from an entry on, until the command is stopped', {
  timeout: 120_000,
}, async () => {
  const { home } = scene;
  const args = ['audit', 'watch', '--after', '0', '--kinds', 'freeze'];
  const child = spawn(pinnedNode(), [cliMain, ...args], { env: home.env, cwd: home.folder });
  const output = collectOutput(child);
  const lines = () => output.stdout.split('\n').filter((line) => line !== '');
  await home.writ(['freeze', 'on', '--all', '--reason', 'test']);
  await expect.poll(() => lines().length, { timeout: 60_000 }).toBeGreaterThan(0);
  child.kill('SIGINT');
  for (const line of lines()) expect(line).toMatch(/^\d\d:\d\d:\d\d freeze\.created user:usr_\w+$/);
});
