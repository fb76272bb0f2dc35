import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { compileCache } from '../broker-process.ts';
import type { Behaviour } from './behaviour.ts';
import type { SeedName } from './seeds.ts';
import type { Recorded } from './server.ts';
import type { Token, World } from './world.ts';

/** A running stand-in Railway. */
export interface RailwayUpstream {
  /** What a connection's base URL would be; GraphQL is at `/graphql/v2` below it. */
  readonly url: string;
  readonly control: string;
  /** The root credentials it accepts, made anew for this run. */
  readonly tokens: {
    readonly account: string;
    readonly workspace: string;
    readonly project: Readonly<Record<string, string>>;
  };
  /** Everything that arrived since the start or the last reset. */
  recorded(): Promise<Recorded>;
  /** Merges into how it behaves. */
  behave(change: Behaviour): Promise<void>;
  /** The world as it stands, with its secrets. */
  state(): Promise<World>;
  /** Replaces the world. */
  setState(world: World): Promise<void>;
  /** Forgets what arrived and behaves; seeds the world anew unless it is to be kept. */
  reset(keep?: { world?: boolean }): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the stand-in in a process of its own and waits until it listens. Fails when it ends before that. */
export async function startRailwayUpstream(
  options: { readonly seed?: SeedName; readonly port?: number } = {},
): Promise<RailwayUpstream> {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const args = ['--conditions=source', main, '--seed', options.seed ?? 'incident', '--port', String(options.port ?? 0)];
  const env = { ...process.env, NODE_COMPILE_CACHE: compileCache };
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'], env });
  const { url, control } = await firstLine(child);
  const call = caller(control);
  const state = (): Promise<World> => call('GET', '/state') as Promise<World>;
  return {
    url,
    control,
    tokens: tokensOf((await state()).tokens as unknown as Token[]),
    recorded: () => call('GET', '/recorded') as Promise<Recorded>,
    behave: async (change) => void (await call('POST', '/behave', change)),
    state,
    setState: async (world) => void (await call('PUT', '/state', world)),
    reset: async (keep = {}) => void (await call('POST', '/reset', keep)),
    stop: () => stop(child),
  };
}

function firstLine(child: ChildProcess): Promise<{ url: string; control: string }> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the stand-in Railway ended with code ${code} before it listened`)));
    child.once('error', reject);
    if (!child.stdout) return reject(new Error('no standard output'));
    createInterface(child.stdout).once('line', (line) => resolve(JSON.parse(line) as { url: string; control: string }));
  });
}

function caller(control: string) {
  return async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const response = await fetch(`${control}${path}`, init);
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return response.json();
  };
}

function tokensOf(tokens: readonly Token[]): RailwayUpstream['tokens'] {
  const tokenOf = (kind: Token['kind']) => tokens.find((token) => token.kind === kind)?.value ?? '';
  const projects = tokens.filter((token) => token.kind === 'project');
  return {
    account: tokenOf('account'),
    workspace: tokenOf('workspace'),
    project: Object.fromEntries(projects.map((token) => [token.environmentId ?? '', token.value])),
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.stdin?.end();
  await ended;
}
