import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Broker, startBroker } from '../support/broker.ts';
import { pinnedNode } from '../support/broker-process.ts';
import { fakePassword } from '../support/owner.ts';
import { type RailwayUpstream, startRailwayUpstream } from '../support/railway-upstream/start.ts';
import { root } from '../support/sources.ts';
import { cliMain } from './run.ts';

/** The README's walks, run as they stand: only addresses and what a person would type in are put in their place. */
const readme = readFileSync(join(root, 'README.md'), 'utf8');

function walk(name: string): string {
  const blocks = [...readme.matchAll(/<!-- walk: (\w+) -->\n```sh\n([\s\S]*?)```/g)];
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
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output };
}

/** `npx writ` as the walk runs it, with a person's answers typed in. */
const NPX = `set -euo pipefail
cli() { "$NODE" --conditions=source "$CLI" "$@"; }
npx() {
  shift
  case "$*" in
    'user setup'*) printf '%s\\n' "$LINK" jo@example.com Jo "$PASSWORD" | cli "$@" --stdin ;;
    'connect railway'*) printf '%s\\n' "$ROOT" "$PASSWORD" | cli "$@" --stdin ;;
    'client create '* | 'grant my-agent '*) printf '%s\\n' "$PASSWORD" | cli "$@" --stdin ;;
    *) cli "$@" ;;
  esac
}
`;

/** What both walks must have come to, whatever they printed. */
async function expectWalked(output: string): Promise<void> {
  expect(output).toContain('Nothing was sent. volumeDelete would destroy volume v_both, wherever it lies');
  const world = await upstream.state();
  expect(world.customDomains.map((row) => row['domain'])).toContain('shop.staging-rentals.example.com');
  expect(world.volumes.map((row) => row.id)).toEqual(['v_prod', 'v_stag', 'v_both']);
  for (const secret of [upstream.tokens.workspace, password, 'writ_ss_']) expect(output).not.toContain(secret);
}

describe('the README can be followed to the letter', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'writ-readme-'));
  });

  for (const kind of ['cli', 'curl'] as const) {
    test(`with ${kind === 'cli' ? 'the command line' : 'curl'}`, { timeout: 300_000 }, async () => {
      upstream = await startRailwayUpstream();
      broker = await startBroker();
      try {
        const script = kind === 'cli' ? `${NPX}${walk('cli')}` : `set -euo pipefail\n${filledIn(walk('curl'))}`;
        expect(script).toContain('volumeDelete');
        const { code, output } = await run(script);
        expect(code, output).toBe(0);
        await expectWalked(output);
        if (kind === 'cli') expect(output).toMatch(/whole: \d+ events/);
        else expectSameHashes(output);
      } finally {
        await broker.remove();
        await upstream.stop();
      }
    });
  }

  afterAll(() => rm(folder, { recursive: true, force: true }));
});

function filledIn(script: string): string {
  return script
    .replace(/^SETUP_TOKEN=.*$/m, `SETUP_TOKEN='${broker.setupToken}'`)
    .replace(/^ROOT_TOKEN=.*$/m, 'ROOT_TOKEN="$ROOT"')
    .replace(/^PASSWORD=.*$/m, '');
}

/** The last two lines of the walk with curl: a hash computed, and the one that was recorded. */
function expectSameHashes(output: string): void {
  const [computed, recorded] = output.trimEnd().split('\n').slice(-2);
  expect(computed).toMatch(/^[0-9a-f]{64}$/);
  expect(recorded).toBe(computed);
}
