/** Python's clients, as they come, where Python is: `gql` by two transports, and `railway-client`, made for Railway alone. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run, unless } from './program.ts';
import {
  CREATE,
  createVariables,
  DELETE,
  DELETE_VARIABLES,
  expectSentence,
  READ,
  READ_VARIABLES,
  scene,
  useScene,
} from './scene.ts';

const PACKAGES = ['gql[requests,httpx]==4.4.0', 'railway-client==0.1.0'];
const ASK = fileURLToPath(new URL('./programs/ask.py', import.meta.url));

useScene();
let folder: string;
let missing: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'writ-python-'));
  missing = await install();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Installs the clients into a virtual environment; answers why they are not there, or nothing. */
async function install(): Promise<string> {
  const made = await run('python3', ['-m', 'venv', folder]);
  if (made.code !== 0) return 'no python3 with venv is here.';
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES];
  const installed = await run(join(folder, 'bin', 'python'), pip);
  return installed.code === 0 ? '' : `pip did not install ${PACKAGES.join(' and ')}.`;
}

async function ask(client: string, document: string, variables: object) {
  const args = [ASK, client, scene.endpoint, scene.accessToken, document, JSON.stringify(variables)];
  return await run(join(folder, 'bin', 'python'), args);
}

describe.each(['gql[requests]', 'gql[httpx]', 'railway-client'])('%s', (client) => {
  test('reads, changes what it may, and shows the sentence of a refusal', async (context) => {
    unless(missing, context);
    const read = await ask(client, READ, READ_VARIABLES);
    expect(read).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(read.stdout)).toMatchObject({ environment: { id: 'e_staging', name: 'staging' } });
    const variables = createVariables(client.replace(/\W+/g, '-').replace(/-$/, ''));
    const created = await ask(client, CREATE, variables);
    expect(JSON.parse(created.stdout)).toMatchObject({ customDomainCreate: { domain: variables.input.domain } });
    const refused = await ask(client, DELETE, DELETE_VARIABLES);
    expect(refused.code).toBe(1);
    expectSentence(refused.stdout);
  });
});
