import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FakeScene, openFakeScene } from './fake-broker.ts';
import { ACTS, type Home } from './run.ts';

const HOSTILE = 'evil\u001b]0;owned\u0007\u001b[2J\u202ereversed\u009b31m';
const WHEN = '2026-01-01T00:00:00.000Z';

let scene: FakeScene;
let home: Home;
let answer: { status: number; body: unknown } = { status: 200, body: {} };

beforeAll(async () => {
  scene = await openFakeScene(() => answer);
  home = scene.home;
});
afterAll(() => scene.close());

test('an option that must be given is not listed as one that may', async () => {
  for (const command of ['operations set', 'connections admit', 'freeze on']) {
    const { stdout } = await home.writ([...command.split(' '), '--help']);
    expect(stdout, command).toMatch(/^Usage: .* --(note|reason) <text> \[options\]/m);
    expect(stdout, command).toMatch(/--(note|reason) <text> .*\(required\)/s);
  }
});

test('what is new at the provider is listed with its own words in quotes, and how it is admitted', async () => {
  const one = {
    kind: 'field',
    name: 'Sandbox.domains',
    argument: null,
    type: '[Domain!]!',
    least: 'read',
    refused: null,
  };
  const argument = { ...one, kind: 'argument', name: 'volumeUpdate', argument: 'input.force', least: 'write' };
  answer = {
    status: 200,
    body: {
      catalog_version: 'c'.repeat(64),
      digest: 'd'.repeat(64),
      unknown: ['Sandbox.domains'],
      new: [
        { ...one, description: HOSTILE, admitted: null },
        { ...argument, description: null, admitted: { effect: 'write', note: 'seen' } },
      ],
      missing: ['Volume.size'],
      changed: [],
      stale: [{ name: 'traces', argument: null, effect: 'read', note: 'once', since: WHEN }],
    },
  };
  const { stdout, code } = await home.writ(['connections', 'schema', 'railway']);
  expect(code).toBe(0);
  expect(stdout).toContain('writ connections admit railway <effect> <name> --note <text>');
  expect(stdout).toMatch(/Sandbox\.domains +\[Domain!\]! +read +“evil/);
  expect(stdout).toContain('volumeUpdate(input.force): write (seen)');
  expect(stdout).toMatch(/refused now.*\n {2}traces\n/);
  expect(stdout).not.toMatch(ACTS);
});
