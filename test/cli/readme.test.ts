import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Broker, startBroker } from '../support/broker.ts';
import { pinnedNode } from '../support/broker-process.ts';
import { collectOutput } from '../support/output.ts';
import { fakePassword } from '../support/owner.ts';
import { type RailwayUpstream, startRailwayUpstream } from '../support/railway-upstream/start.ts';
import { root } from '../support/sources.ts';
import { cliMain } from './run.ts';

/** The walks, run as they stand: only addresses and what a person would type in are put in their place. */
const pages = ['README.md', 'docs/curl.md'].map((path) => readFileSync(join(root, path), 'utf8')).join('\n');

function walk(name: string): string {
  const blocks = [...pages.matchAll(/<!-- walk: (\w+) -->\n```sh\n([\s\S]*?)```/g)];
  return blocks.flatMap(([, kind, block]) => (kind === name ? [block] : [])).join('\n');
}

let upstream: RailwayUpstream;
let broker: Broker;
let folder: string;
const password = fakePassword();

async function run(script: string): Promise<{ code: number | null; output: string }> {
  const placed = script
    .replaceAll('http://localhost:8700', broker.url)
    .replaceAll('http://127.0.0.1:9801', upstream.url);
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    NODE: pinnedNode(),
    CLI: cliMain,
    LINK: `${broker.url}/setup#token=${broker.setupToken}`,
    ROOT: upstream.tokens.workspace,
    PASSWORD: password,
    WRIT_URL: broker.url,
  };
  const child = spawn('bash', ['-c', placed], { env, cwd: folder });
  const output = collectOutput(child);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output: output.all };
}

/** `npx writ` as the walk runs it, with a person's answers typed in. */
const NPX = `set -euo pipefail
cli() { "$NODE" "$CLI" "$@"; }
npx() {
  shift
  case "$*" in
    'user setup'*) printf '%s\\n' "$LINK" jo@example.com Jo "$PASSWORD" | cli "$@" --stdin ;;
    'connect railway'*) printf '%s\\n' "$ROOT" "$PASSWORD" | cli "$@" --stdin ;;
    'client create '* | 'grant my-agent '* | 'approvals approve '*) printf '%s\\n' "$PASSWORD" | cli "$@" --stdin ;;
    *) cli "$@" ;;
  esac
}
`;

/** What a walk must have come to, besides what it printed. */
async function expectWalked(output: string, domain: string): Promise<void> {
  expect(output).toContain('Nothing was sent. volumeDelete would destroy volume v_both, wherever it lies');
  const world = await upstream.state();
  expect(world.customDomains.map((row) => row['domain'])).toContain(domain);
  expect(world.volumes.map((row) => row.id)).toEqual(['v_prod', 'v_stag', 'v_both']);
  for (const secret of [upstream.tokens.workspace, password, 'writ_ss_']) expect(output).not.toContain(secret);
}

async function walkWithCli(): Promise<void> {
  const { code, output } = await run(`${NPX}${walk('cli')}`);
  expect(code, output).toBe(0);
  await expectWalked(output, 'shop.staging-rentals.example.com');
  expect(output).toMatch(/whole: \d+ events/);
  // Asked, approved by the only one there is, and answered.
  expect(output).toContain("wants a human's yes");
  expect(output).toMatch(/apr_\w+ is approved/);
  expect(output).toContain('"data":{"variables":');
  // Held, and taken back in time: `expectWalked` sees that the volume is still there.
  expect(output).toContain('Not done yet');
  expect(output).toMatch(/hld_\w+ .*cancelled/);
}

async function walkWithCurl(filled: Filled): Promise<void> {
  const { code, output } = await run(filledIn(walk('curl'), filled));
  expect(code, output).toBe(0);
  await expectWalked(output, 'book.staging-rentals.example.com');
  expectSameHashes(output);
}

describe('the README and the walk with curl can be followed to the letter', { timeout: 300_000 }, () => {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'writ-readme-'));
    upstream = await startRailwayUpstream();
    broker = await startBroker();
  });

  afterEach(async () => {
    await broker.remove();
    await upstream.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('the command line first, then curl, on one broker', async () => {
    await walkWithCli();
    await walkWithCurl({});
  });

  test('curl alone, started over after an error that it showed', async () => {
    const setupToken = broker.setupToken;
    const { code, output } = await run(filledIn(walk('curl'), { setupToken: 'fake-token-of-another-link' }));
    expect(code).not.toBe(0);
    const [told, ...more] = output.match(/^\{.*$/gm) ?? [];
    expect(more, output).toEqual([]);
    expect(JSON.parse(told ?? '{}')).toMatchObject({ detail: expect.stringMatching(/set-up token is wrong/) });
    await walkWithCurl({ setupToken });
  });
});

interface Filled {
  /** Of the set-up link; without it the walk signs in. */
  readonly setupToken?: string;
}

function filledIn(script: string, { setupToken = '' }: Filled): string {
  return script
    .replace(/^ROOT_CREDENTIAL=.*$/m, 'ROOT_CREDENTIAL="$ROOT"')
    .replace(/^PASSWORD=.*$/m, '')
    .replace(/^SETUP_TOKEN='/m, `SETUP_TOKEN='${setupToken}`);
}

/** The last two lines of the walk with curl: a hash computed, and the one that was recorded. */
function expectSameHashes(output: string): void {
  const [computed, recorded] = output.trimEnd().split('\n').slice(-2);
  expect(computed).toMatch(/^[0-9a-f]{64}$/);
  expect(recorded).toBe(computed);
}
