import {
  type ApiClient,
  ApiError,
  type CallOptions,
  createClient,
  type OutputOf,
  type RequestOf,
  ROUTES,
  type Route,
  type RouteId,
} from '@writ/api';
import { defined, inert, isLoopbackUrl, VERSION } from '@writ/core';
import type { Cli, Globals } from './cli.ts';
import type { CliConfig } from './config.ts';
import { EXIT, Failure, failureOf, notSignedIn, tokenNotGood, unreachable, usage } from './failure.ts';
import { insist } from './input/insist.ts';
import { linesPrompt, type Prompt, terminalPrompt } from './input/prompt.ts';
import { keepSession, readSessions } from './input/session-file.ts';
import type { Job } from './input/terminal.ts';
import { nearestName } from './nearest-name.ts';
import { asCalled } from './output/as-called.ts';
import { createOutput, type Output } from './output/output.ts';

const DEFAULT_URL = 'http://localhost:8700';
const LONGEST_CALL = 120_000;

/** The parts of the process that a command uses. */
export interface Runtime {
  readonly config: CliConfig;
  readonly stdin: typeof process.stdin;
  readonly stdout: typeof process.stdout;
  readonly stderr: typeof process.stderr;
  readonly fetch: typeof globalThis.fetch;
  readonly job: Job;
  now(): number;
}

/** Makes the context of one command. */
export function createCli(runtime: Runtime, globals: Globals): Cli {
  const { config, stdin, stdout, stderr } = runtime;
  const out = createOutput(stdout, stderr, config.program);
  const prompt =
    globals.stdin === true
      ? linesPrompt(stdin, out)
      : terminalPrompt({ stdin, stderr, plain: config.plainTerminal, job: runtime.job }, out);
  let linked: string | undefined;
  const url = once(() => brokerUrl(config, globals.url ?? linked));
  const fetch = reaching(runtime.fetch, url);
  const api = once(async () => clientFor(await url(), { config, fetch }));
  // Asked for once for all changes of a command, and again where it was wrong.
  let password: string | undefined;
  const asserted = async <T>(isNeeded: boolean, send: (proof: CallOptions) => Promise<T>): Promise<T> => {
    if (!isNeeded) return await send({});
    // Without a session there is no use for a password, so nobody is asked.
    if ((await readSessions(config.configDir)).sessions[await url()] === undefined) throw notSignedIn(await url());
    password ??= await prompt.secret('Your password');
    const given = password;
    const attempt = () => send({ assertion: { password: password ?? given } });
    return await insist(prompt, attempt, {
      assertion_required: async () => (password = await prompt.secret('Your password')),
    });
  };
  return {
    config,
    out,
    prompt,
    globals,
    called: (text) => asCalled(text, config.program),
    now: () => runtime.now(),
    fetch,
    url,
    follow: (link) => {
      linked = URL.canParse(link) ? new URL(link).origin : undefined;
    },
    call: async (id, input) => {
      const client = await api();
      try {
        return await asserted(needsProof(id, config), (proof) =>
          ask(client, { id, input, options: { ...proof, ...limitOf(id) } }),
        );
      } catch (error) {
        if (isUnauthenticated(id, error)) throw notGood(config, await url(), error);
        throw await withNearest(error, (call) => nearestName(call, id, input), client);
      }
    },
    keep: async (session) => keepSession(config.configDir, { url: await url(), ...defined({ session }) }),
    show: (value, human) => showOn(out, globals, { value, human }),
    agree: (question) => agreed(prompt, globals, question),
  };
}

interface Ask<K extends RouteId> {
  readonly id: K;
  readonly input: RequestOf<K>;
  readonly options: CallOptions;
}

async function ask<K extends RouteId>(api: ApiClient, { id, input, options }: Ask<K>): Promise<OutputOf<K>> {
  const call = api.call as (id: K, input: RequestOf<K>, options: CallOptions) => Promise<OutputOf<K>>;
  try {
    return await call(id, input, options);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new Failure(EXIT.unreachable, 'What answers there does not answer like a Writ broker. Check --url.');
    }
    throw error;
  }
}

/** The failure for a name that the broker does not know, with the one that may have been meant, unless the broker said so itself. */
async function withNearest(
  error: unknown,
  find: (call: Parameters<typeof nearestName>[0]) => Promise<string | undefined>,
  api: ApiClient,
): Promise<unknown> {
  if (!(error instanceof ApiError) || error.code !== 'not_found' || /did you mean/i.test(error.message)) return error;
  const meant = await find((id, input) => ask(api, { id, input, options: limitOf(id) }));
  if (meant === undefined) return error;
  const { exit, message, problem } = failureOf(error);
  return new Failure(exit, `${message} Did you mean ${inert(meant)}?`, { problem: { ...problem, nearest: meant } });
}

/** A stream has no time limit. */
function limitOf(id: RouteId): CallOptions {
  const { response } = ROUTES[id];
  return response === 'ndjson' || response === 'events' ? {} : { signal: AbortSignal.timeout(LONGEST_CALL) };
}

/** Tells whether the broker refused the session or token itself. Public routes take neither: they refused what was typed. */
function isUnauthenticated(id: RouteId, error: unknown): error is ApiError {
  return error instanceof ApiError && error.code === 'unauthenticated' && ROUTES[id].guard.kind !== 'public';
}

function notGood(config: CliConfig, url: string, error: ApiError): Failure {
  const problem = { status: error.status, code: error.code, detail: error.message, request_id: error.request_id };
  return config.token === undefined ? notSignedIn(url, problem) : tokenNotGood(url, problem);
}

/** A stored session's sign-in never counts as recent (model#assertion), so the password is asked for where proof is wanted. */
function needsProof(id: RouteId, config: CliConfig): boolean {
  const route: Route = ROUTES[id];
  return route.guard.kind === 'user' && route.guard.proof !== 'none' && config.token === undefined;
}

async function clientFor(url: string, from: { config: CliConfig; fetch: typeof globalThis.fetch }): Promise<ApiClient> {
  const token = from.config.token ?? (await readSessions(from.config.configDir)).sessions[url];
  const headers = { 'user-agent': `writ-cli/${VERSION} (${process.platform})` };
  return createClient({
    baseUrl: url,
    fetch: from.fetch,
    headers,
    ...(token !== undefined && { token: token.expose() }),
  });
}

async function brokerUrl(config: CliConfig, named: string | undefined): Promise<string> {
  const given = named ?? config.url ?? (await readSessions(config.configDir)).current ?? DEFAULT_URL;
  if (!URL.canParse(given) || !/^https?:$/.test(new URL(given).protocol)) {
    throw usage(`"${given}" is not the address of a broker; write it like ${DEFAULT_URL}.`);
  }
  const url = new URL(given);
  if (url.protocol === 'http:' && !isLoopbackUrl(given)) {
    throw usage(
      `${url.origin} is not on this machine, and plain http would show your password to the network. Use https.`,
    );
  }
  return url.origin;
}

/** A fetch that tells clearly where the broker cannot be reached. */
function reaching(fetch: typeof globalThis.fetch, url: () => Promise<string>): typeof globalThis.fetch {
  return async (input, init) => {
    try {
      return await fetch(input, init);
    } catch (error) {
      throw unreachable(await url(), error);
    }
  };
}

function showOn(out: Output, globals: Globals, shown: { readonly value: unknown; readonly human: () => string }): void {
  if (globals.json === true) out.json(shown.value ?? {});
  else out.write(shown.human());
}

async function agreed(prompt: Prompt, globals: Globals, question: string): Promise<void> {
  if (globals.yes === true || globals.stdin === true) return;
  if (!(await prompt.confirm(question))) {
    throw new Failure(
      EXIT.failed,
      `Nothing was changed: "${inert(question)}" was not answered with yes (--yes answers it).`,
    );
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
