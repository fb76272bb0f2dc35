/** A stand-in for a GitHub Actions runner: runs a step of the released action as its own process, with GitHub's files and endpoint. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeRelease } from '../../apps/action/tools/release.ts';
import { pinnedNode } from '../support/broker-process.ts';
import { collectOutput } from '../support/output.ts';

/** What a step did. */
export interface StepResult {
  readonly code: number;
  /** Standard output and standard error, as the runner reads them: lines, and `::commands::`. */
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** What the step left for the post step. */
  readonly state: Readonly<Record<string, string>>;
}

/** The endpoint that gives a job its identity token. */
export interface IdentityEndpoint {
  readonly url: string;
  readonly requestToken: string;
  /** The audiences that were asked for. */
  readonly audiences: readonly string[];
  close(): Promise<void>;
}

/** A runner. */
export interface Runner {
  /** Where the release is. */
  readonly action: string;
  main(inputs: Readonly<Record<string, string>>, identity?: IdentityEndpoint): Promise<StepResult>;
  post(state: Readonly<Record<string, string>>): Promise<StepResult>;
  close(): Promise<void>;
}

/** Writes the release of the action to a folder where nothing is installed. */
export async function openRunner(): Promise<Runner> {
  const folder = await mkdtemp(join(tmpdir(), 'writ-action-'));
  const action = join(folder, 'action');
  await writeRelease(action);
  const named = (prefix: string, values: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}_${name}`, value]));
  const upper = (values: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name.toUpperCase(), value]));
  return {
    action,
    main: (inputs, identity) =>
      step(folder, 'main', {
        ...named('INPUT', upper(inputs)),
        GITHUB_REPOSITORY: 'octo-org/octo-repo',
        GITHUB_WORKFLOW: 'deploy',
        GITHUB_RUN_ID: '123',
        ...(identity && {
          ACTIONS_ID_TOKEN_REQUEST_URL: identity.url,
          ACTIONS_ID_TOKEN_REQUEST_TOKEN: identity.requestToken,
        }),
      }),
    post: (state) => step(folder, 'post', named('STATE', state)),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

async function step(folder: string, name: string, env: Readonly<Record<string, string>>): Promise<StepResult> {
  const files = { GITHUB_OUTPUT: join(folder, 'output'), GITHUB_STATE: join(folder, 'state') };
  await Promise.all(Object.values(files).map((file) => writeFile(file, '')));
  const script = join(folder, 'action', 'dist', `${name}.js`);
  const child = spawn(pinnedNode(), [script], {
    cwd: folder,
    // As when a runner's debug log is on: then most is printed.
    env: { PATH: process.env['PATH'] ?? '', RUNNER_DEBUG: '1', ...files, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = collectOutput(child);
  const [code]: unknown[] = await once(child, 'close');
  return {
    code: Number(code),
    log: output.all,
    outputs: await written(files.GITHUB_OUTPUT),
    state: await written(files.GITHUB_STATE),
  };
}

/** Reads a file of the form `name<<delimiter`, value, `delimiter`. */
async function written(file: string): Promise<Record<string, string>> {
  const text = await readFile(file, 'utf8');
  const entries = [...text.matchAll(/^(.+?)<<(ghadelimiter_.+)\r?\n([\s\S]*?)\r?\n\2$/gm)];
  return Object.fromEntries(entries.map(([, name = '', , value = '']) => [name, value]));
}

/** Starts the endpoint; `tokenFor` makes the identity token for an audience, or answers a failing status. */
export async function startIdentityEndpoint(
  tokenFor: (audience: string) => Promise<string | { readonly status: number; readonly message: string }>,
): Promise<IdentityEndpoint> {
  const requestToken = `fake-request-token-${Math.random()}`;
  const audiences: string[] = [];
  const server = createServer(async (request, response) => {
    const audience = new URL(request.url ?? '', 'http://runner').searchParams.get('audience') ?? '';
    const isAllowed = request.headers.authorization === `Bearer ${requestToken}`;
    audiences.push(audience);
    const made = isAllowed ? await tokenFor(audience) : { status: 401, message: 'who are you' };
    const isToken = typeof made === 'string';
    response.writeHead(isToken ? 200 : made.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isToken ? { value: made } : { message: made.message }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token?api-version=2.0`,
    requestToken,
    audiences,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Where a text occurs in a log but for the command that masks it. */
export function leaks(log: string, secret: string): string[] {
  return log.split('\n').filter((line) => line.includes(secret) && line !== `::add-mask::${secret}`);
}
