import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CI_SYSTEMS, type FederatedAuth } from '@writ/core';
import { checkTrustPolicy, trustPolicyHints } from '@writ/tokens';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ciSystem } from '../../packages/tokens/src/issuers/systems.ts';
import { claimsOf } from '../../packages/tokens/test/ci-samples.ts';
import { type Home, makeHome } from '../cli/run.ts';
import { type ForeignIssuer, startForeignIssuer } from '../support/foreign-issuer.ts';
import { collectOutput } from '../support/output.ts';
import { AS_STARTED, openScene, type Scene } from '../support/scene.ts';
import { root } from '../support/sources.ts';
import { DOCUMENTS, factsOf, read, sections } from './documents.ts';

const all = sections();
const AUDIENCE = 'https://writ.example.com/ci/deploy';

test('every CI system has one section, under its own name, and the first document links to each of its own', () => {
  expect(all.map(({ ci }) => ci)).toEqual([...CI_SYSTEMS]);
  for (const { ci, title } of all) expect(title).toBe(ciSystem(ci).title);
  const anchors = [...read('docs/ci.md').matchAll(/\]\(#([\w-]+)\)/g)].map((match) => match[1]);
  const titles = read('docs/ci.md').split(/^## /m).slice(2);
  expect(anchors).toEqual(titles.map((text) => text.split('\n')[0]?.toLowerCase().replaceAll(' ', '-')));
});

test('the README shows the same workflow', () => {
  const job = all.find(({ ci }) => ci === 'github_actions')?.job ?? '';
  expect(read('README.md')).toContain(job);
});

test('links lead to files that exist', () => {
  for (const path of DOCUMENTS) {
    const links = [...read(path).matchAll(/\]\(([^)#:]+)\)/g)].map((match) => match[1] ?? '');
    expect(links.filter((link) => !existsSync(join(root, dirname(path), link)))).toEqual([]);
  }
});

describe.each(all)('$title', ({ ci, text, command, pins, job }) => {
  const system = ciSystem(ci);

  test('pins an id that is never given again, and nothing but claims that are known', () => {
    const known = new Map(system.claims.map(({ name, kind }) => [name, kind]));
    expect(pins.filter((pin) => !known.has(pin))).toEqual([]);
    expect(pins.some((pin) => known.get(pin) === 'id')).toBe(true);
    expect(command).toContain(`--ci ${ci} `);
  });

  test('says what each pinned claim is, and what is refused, as the verifier has it', () => {
    for (const fact of factsOf(ci, pins)) expect(text).toContain(fact);
    const facts = text.split('\n').filter((line) => line.startsWith('- '));
    expect(facts).toEqual(factsOf(ci, pins));
  });

  test('has a job of a few lines that asks for the audience of the policy', () => {
    expect(job.trim().split('\n').length).toBeLessThanOrEqual(13);
    const chosen = /--audience (\S+)/.exec(command)?.[1] ?? AUDIENCE;
    if (ci === 'github_actions') expect(job).toContain("with: {url: 'https://writ.example.com', client-id: deploy}");
    else if (system.audience.fixed === undefined) expect(job).toContain(chosen);
    else expect(chosen).toBe(system.audience.fixed);
  });
});

describe('the documents can be followed to the letter', () => {
  let story: Scene;
  let home: Home;
  let issuer: ForeignIssuer;

  beforeAll(async () => {
    [story, issuer] = await Promise.all([openScene(AS_STARTED), startForeignIssuer()]);
    home = await makeHome(story.broker.url);
    const { email, password } = story.owner;
    expect(await home.writ(['login', '--email', email], [password])).toMatchObject({ code: 0 });
  }, 300_000);
  afterAll(async () => {
    await Promise.all([home?.remove(), story?.close(), issuer?.close()]);
  });

  test.each(all)('the admin’s command makes a policy for $title that needs no advice', async ({ ci, command }) => {
    const [, , , , client = '', ...options] = words(command);
    expect(words(command).slice(0, 5)).toEqual(['npx', 'writ', 'client', 'create', 'deploy']);
    const id = `${client}-${ci.replaceAll('_', '-')}`;
    const made = await home.writ(['client', 'create', id, ...options], [story.owner.password]);
    expect(made.code, made.stderr).toBe(0);
    const { auth, kind } = await story.owner.client.call('clients.get', { id });
    const policy = auth as FederatedAuth;
    expect(kind).toBe('ci');
    const { fixed } = ciSystem(ci).audience;
    if (!options.includes('--audience')) expect(policy.audience).toBe(`${story.broker.url}/ci/${id}`);
    expect(checkTrustPolicy(policy, { public_url: 'https://writ.example.com' })).toEqual([]);
    const hints = trustPolicyHints(policy).filter(({ claims }) => fixed === undefined || claims[0] !== 'aud');
    expect(hints).toEqual([]);
  });

  test('deploy.sh redeploys, shows no token, and leaves none that is good', async () => {
    const { client } = story.owner;
    const audience = `${story.broker.url}/ci/deploy`;
    const claims = { sub: 'deployer' };
    const auth = { method: 'federated' as const, ci: 'generic' as const, issuer: issuer.url, audience, claims };
    const trusted = { ...auth, allow_private_network: true };
    await client.call('clients.create', { client_id: 'deploy', kind: 'ci', name: 'Deploy', auth: trusted });
    const granted = /npx writ (grant deploy .*)/.exec(read('docs/ci.md'))?.[1] ?? '';
    const grant = await home.writ(words(granted), [story.owner.password]);
    expect(grant.code, grant.stderr).toBe(0);

    const { iss: _, jti: __, ...sample } = claimsOf('generic', Math.floor(Date.now() / 1000));
    const token = await issuer.sign({ ...sample, aud: audience, sub: 'deployer' });
    await story.forget();
    // As many tools print it: with a line end.
    const done = await deploy(`${token}\n`);
    expect(done.code, done.output).toBe(0);
    expect(done.output).toBe('{"data":{"serviceInstanceRedeploy":true}}');
    expect((await story.arrived()).join()).toContain('serviceInstanceRedeploy');
    const { items } = await client.call('tasks.list', {});
    expect(items.filter(({ client_id }) => client_id === 'deploy')).toMatchObject([{ ended_at: expect.any(String) }]);

    const again = await deploy(token);
    expect(again.code).not.toBe(0);
    expect(again.output).not.toContain(token);
    expect(await story.arrived()).toHaveLength(1);
  });

  async function deploy(identity: string): Promise<{ code: number | null; output: string }> {
    const [, script = ''] = /<!-- deploy\.sh -->\n```sh\n([\s\S]*?)```/.exec(read('docs/ci.md')) ?? [];
    const file = join(home.folder, 'deploy.sh');
    await writeFile(file, script.replaceAll('https://writ.example.com', story.broker.url), { mode: 0o700 });
    const child = spawn(file, { env: home.env, cwd: home.folder });
    const output = collectOutput(child);
    child.stdin.end(identity);
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, output: output.all };
  }
});

/** The words of a shell command: quotes and continued lines, nothing more. */
function words(command: string): string[] {
  return [...command.replaceAll('\\\n', ' ').matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
}
