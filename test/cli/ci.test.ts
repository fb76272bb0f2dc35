import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { claimsOf } from '../../packages/tokens/test/ci-samples.ts';
import { type Broker, startBroker } from '../support/broker.ts';
import { type ForeignIssuer, startForeignIssuer } from '../support/foreign-issuer.ts';
import { fakePassword } from '../support/owner.ts';
import { type RailwayUpstream, startRailwayUpstream } from '../support/railway-upstream/start.ts';
import { type Home, makeHome, type Ran } from './run.ts';

let upstream: RailwayUpstream;
let broker: Broker;
let issuer: ForeignIssuer;
let home: Home;
const password = fakePassword();

/** Runs a command that must work. */
async function writ(args: readonly string[], answers?: readonly string[]): Promise<Ran> {
  const ran = await home.writ(args, answers);
  expect(ran.code, ran.stderr).toBe(0);
  return ran;
}

beforeAll(async () => {
  [upstream, issuer, broker] = await Promise.all([
    startRailwayUpstream(),
    startForeignIssuer(),
    startBroker({ database: 'postgres' }),
  ]);
  home = await makeHome(broker.url);
  const link = `${broker.url}/setup#token=${broker.setupToken}`;
  await writ(['user', 'setup', '--email', 'jo@example.com', '--name', 'Jo'], [link, password]);
  await writ(['connect', 'railway', '--base-url', upstream.url], [upstream.tokens.workspace, password]);
}, 120_000);

afterAll(async () => {
  await Promise.all([broker.remove(), upstream.stop(), issuer.close(), home.remove()]);
});

const policy = (): string[] => [
  ...['--ci', 'github_actions', '--issuer', issuer.url, '--allow-private-network'],
  ...['--pin', 'repository_id=456789', '--pin', 'environment=production'],
  ...['--pin', 'event_name=push', '--pin', 'event_name=release'],
];

async function jobToken(claims: object = {}): Promise<string> {
  const { jti: _, iss: __, ...sample } = claimsOf('github_actions', Math.floor(Date.now() / 1000));
  return await issuer.sign({ ...sample, aud: `${broker.url}/ci/deploy`, ...claims });
}

test('a trust policy is tried, saved and used, without a secret anywhere', async () => {
  // Before it is saved nobody on a private address is asked, so that the signature is all that does not pass.
  const tried = await home.writ(['client', 'trust-test', 'deploy', ...policy()], [await jobToken(), password]);
  expect(tried.code).toBe(1);
  expect(tried.stdout.split('\n').filter((line) => line.startsWith('FAIL'))).toEqual([
    expect.stringContaining('signature'),
  ]);
  expect(tried.stdout).toContain('Consider: save the policy and test the client');
  const made = await writ(['client', 'create', 'deploy', ...policy(), '--json'], [password]);
  expect(JSON.parse(made.stdout)).toMatchObject({
    kind: 'ci',
    auth: { audience: `${broker.url}/ci/deploy`, claims: { event_name: ['push', 'release'] } },
  });
  expect(made.stdout).not.toContain('client_secret');
  const saved = await writ(['client', 'trust-test', 'deploy'], [await jobToken()]);
  expect(saved.stdout).toContain('The token would be taken.');
  await writ(['grant', 'deploy', 'railway/shared/*:read'], [password]);
  await writeFile(join(home.folder, 'ci-token'), await jobToken(), { mode: 0o600 });
  const { stdout } = await writ(['token', 'exchange', 'deploy', '--token-file', 'ci-token', '--raw']);
  expect(stdout.trim().split('.')).toHaveLength(3);
}, 120_000);

test('a token that would not be taken is shown claim by claim, and fails the command', async () => {
  const ran = await home.writ(['client', 'trust-test', 'deploy'], [await jobToken({ environment: 'staging' })]);
  expect(ran.code).toBe(1);
  expect(ran.stdout).toMatch(/FAIL +environment +production +staging/);
  const refused = await home.writ(['token', 'exchange', 'deploy'], [await jobToken({ environment: 'staging' })]);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('workload token not accepted');
}, 60_000);

test('a policy that is dangerous is refused with the field and the reason', async () => {
  const pins = ['--ci', 'github_actions', '--pin', 'repository=acme/app'];
  const ran = await home.writ(['client', 'create', 'loose', ...pins], [password]);
  expect(ran.code).not.toBe(0);
  expect(ran.stderr).toContain('repository_id');
}, 60_000);
