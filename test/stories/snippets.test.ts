/** What the page of a client gives to be pasted works as it is: run by a shell, it ends with a token that the gateway takes. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { snippetsFor } from '../../apps/web/src/pages/clients/snippets.ts';
import { firstCallCommand } from '../../apps/web/src/parts/first-call.ts';
import { startForeignIssuer } from '../support/foreign-issuer.ts';
import { type Agent, openScene } from '../support/scene.ts';

const [scene, issuer, folder] = await Promise.all([
  openScene(),
  startForeignIssuer(),
  mkdtemp(join(tmpdir(), 'writ-snippets-')),
]);
afterAll(async () => {
  await Promise.all([scene.close(), issuer.close(), rm(folder, { recursive: true })]);
});

/** What is added to each: the provider's own tool would do the same. */
const CALL = `printf 'authorization: Bearer %s\\n' "$RAILWAY_API_TOKEN" | curl -sS -H @- -H 'content-type: application/json' \\
  -d '{"query": "{ environment(id: \\"e_staging\\") { name } }"}' "$RAILWAY_BACKBOARD_URL/graphql/v2"`;

async function snippets(client: Pick<Agent, 'client_id'>) {
  const { client: api } = scene.owner;
  const [shown, { items }, { items: systems }] = await Promise.all([
    api.call('clients.get', { id: client.client_id }),
    api.call('providers.list', {}),
    api.call('clients.ci_systems', {}),
  ]);
  const [provider] = items;
  if (provider === undefined) throw new Error('no provider');
  const { auth } = shown;
  const system = auth.method === 'federated' ? systems.find(({ id }) => id === auth.ci) : undefined;
  return snippetsFor({ origin: scene.broker.url, client: shown, connection: 'railway', provider, system });
}

/** What a shell says that runs it in the folder, with `./deploy.sh` there. */
async function run(script: string, env: Readonly<Record<string, string>> = {}, typed = ''): Promise<string> {
  await writeFile(join(folder, 'deploy.sh'), `#!/bin/sh\n${CALL}\n`, { mode: 0o755 });
  const shell = spawn('sh', ['-c', script], { cwd: folder, env: { PATH: process.env['PATH'], ...env } });
  let said = '';
  for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (part: Buffer) => (said += part.toString()));
  shell.stdin.end(typed);
  await new Promise((resolve) => shell.on('close', resolve));
  return said;
}

/** A job's client whose system is this one, and an identity token of a job of it. */
async function job(ci: 'github_actions' | 'gitlab' | 'generic') {
  const client_id = `job-${ci.replaceAll('_', '-')}`;
  const audience = `${scene.broker.url}/ci/${client_id}`;
  const claims = { github_actions: { repository_id: '1' }, gitlab: { project_id: '1' }, generic: { sub: 'job:1' } };
  const auth = {
    method: 'federated',
    ...{ ci, issuer: issuer.url, audience, claims: claims[ci], allow_private_network: true },
  } as const;
  const client = await scene.client([{ environments: ['staging'], operations: ['*:read'] }], {
    ...{ client_id, kind: 'ci', auth },
  });
  return { client, identity: await issuer.sign({ aud: audience, sub: 'job:1', ...claims[ci] }) };
}

const READ = '"name":"staging"';

test('with a secret: the script, and the first call', async () => {
  const [script] = await snippets(scene.agent);
  await writeFile(join(folder, `${scene.agent.client_id}.secret`), `${scene.agent.secret}\n`);
  expect(await run(`${script?.text}\n${CALL}`)).toContain(READ);
  await writeFile(join(folder, `${scene.agent.client_id}.secret`), 'another\n');
  expect(await run(`${script?.text}\n${CALL}`)).toContain('Writ gave no token');
  const { items } = await scene.owner.client.call('providers.list', {});
  const example = items[0]?.example;
  if (example === undefined) throw new Error('no example');
  const { client_id, secret } = scene.agent;
  const first = firstCallCommand({ origin: scene.broker.url, client_id, connection: 'railway', example });
  expect(await run(first, {}, `${secret}\n`)).toContain('"data"');
});

test('a job of GitHub Actions: what it runs asks its runner for the identity', async () => {
  const { client, identity } = await job('github_actions');
  const [file] = await snippets(client);
  const asked: string[] = [];
  const runner = createServer((request, response) => {
    asked.push(
      `${request.headers.authorization} ${new URL(request.url ?? '', 'http://x').searchParams.get('audience')}`,
    );
    response.end(JSON.stringify({ count: 1, value: identity }));
  });
  await new Promise<void>((resolve) => runner.listen(0, '127.0.0.1', resolve));
  const { port } = runner.address() as AddressInfo;
  const said = await run(scriptIn(file?.text), {
    ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${port}/?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'of-the-runner',
  });
  runner.close();
  expect(said).toContain(READ);
  expect(asked).toEqual([`bearer of-the-runner ${scene.broker.url}/ci/${client.client_id}`]);
});

test.each(['gitlab', 'generic'] as const)('a job of %s: its identity is in a variable', async (ci) => {
  const { client, identity } = await job(ci);
  const [file] = await snippets(client);
  const script = ci === 'generic' ? (file?.text ?? '') : scriptIn(file?.text);
  expect(await run(script, { WRIT_ID_TOKEN: identity })).toContain(READ);
});

test('with a key, the command is given the file that the page saves, and no secret stands anywhere', async () => {
  const { publicKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ]);
  const key = await crypto.subtle.exportKey('jwk', publicKey);
  const { kty = '', crv = '', x = '', y = '' } = key;
  const jwk = { kty, crv, x, y, kid: 'k', alg: 'ES256', use: 'sig' };
  const auth = { method: 'private_key_jwt' as const, jwks: { keys: [jwk] } };
  const [script, agent] = await snippets(await scene.client([], { client_id: 'keyed', auth }));
  expect(script?.text).toContain('--key-file keyed.jwk');
  expect(agent?.text).toContain('private_key_jwt');
});

/** The lines of the block that a job's file runs. */
function scriptIn(file = ''): string {
  const [, block = ''] = file.split(/- (?:run: )?\|\n/);
  return block
    .split('\n')
    .map((line) => line.trim())
    .join('\n');
}
