/** A broker on a real process, a client that may bind its tokens, and another that must. */

import type { BrokerOptions } from '../support/broker.ts';
import { type Agent, basic, openScene, readStaging, type Scene } from '../support/scene.ts';
import { type RawAnswer, sendRaw } from '../support/wire.ts';
import { type KeyHolder, makeHolder } from './holder.ts';

/** The scene. */
export interface BoundScene extends Scene {
  readonly holder: KeyHolder;
  /** An automation client with a token for the admin API. */
  readonly robot: Agent;
  /** A client whose tokens must be bound. */
  readonly strict: Agent;
  readonly tokenUrl: string;
  /** Asks the token endpoint, over a raw socket, with these `DPoP` headers. */
  ask(proofs: readonly string[], options?: AskOptions): Promise<RawAnswer>;
  /** A token bound to the holder's key. */
  bound(options?: AskOptions): Promise<string>;
  /** Reads staging through the gateway, over a raw socket. */
  read(lines: readonly string[], options?: ReadOptions): Promise<RawAnswer>;
  /** The same with a bound token and its proof, or what is given in the place of one. */
  readAs(token: string, proof?: string, options?: ReadOptions): Promise<RawAnswer>;
  /** `GET /api/v1/self`, or another path. */
  get(lines: readonly string[], target?: string): Promise<RawAnswer>;
}

export interface AskOptions {
  readonly who?: Agent;
  readonly fields?: Readonly<Record<string, string>>;
}

export interface ReadOptions {
  readonly mark?: string;
  /** Another broker than the first, by its own address and under the public name. */
  readonly at?: string;
}

export const GATEWAY = '/gateway/railway/graphql/v2';

/** The body that reads staging. */
export const bodyOf = (mark?: string): string => JSON.stringify({ query: readStaging(mark) });

/** The error of an OAuth answer. */
export const errorIn = ({ status, body }: RawAnswer): readonly [number, unknown] => [
  status,
  (JSON.parse(body) as { error?: unknown }).error,
];

const MUST_BIND = { method: 'client_secret_basic', dpop_bound_access_tokens: true } as const;

/** Opens it. */
export async function openBoundScene(options: BrokerOptions = {}): Promise<BoundScene> {
  return await boundSceneOf(await openScene(options));
}

/** Makes it of a scene. */
export async function boundSceneOf(scene: Scene): Promise<BoundScene> {
  const holder = makeHolder();
  const { url } = scene.broker;
  const tokenUrl = `${url}/oauth/token`;
  const readUrl = `${url}${GATEWAY}`;
  const [robot, strict] = await Promise.all([
    scene.client(undefined, { client_id: 'robot', kind: 'automation' }),
    scene.client(undefined, { client_id: 'strict', auth: MUST_BIND }),
  ]);
  const ask: BoundScene['ask'] = async (proofs, { who = scene.agent, fields = {} } = {}) => {
    const body = new URLSearchParams({ grant_type: 'client_credentials', ...fields }).toString();
    const type = 'Content-Type: application/x-www-form-urlencoded';
    const lines = [`Authorization: ${basic(who)}`, type, `Content-Length: ${body.length}`];
    const all = [...lines, ...proofs.map((proof) => `DPoP: ${proof}`)];
    for (;;) {
      const answer = await sendRaw(url, { method: 'POST', target: '/oauth/token', lines: all, body });
      if (answer.status !== 429) return answer;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  };
  const read: BoundScene['read'] = (lines, { mark, at = url } = {}) => {
    const body = bodyOf(mark);
    const all = [
      `Host: ${new URL(url).host}`,
      ...lines,
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
    ];
    return sendRaw(at, { method: 'POST', target: GATEWAY, lines: all, body });
  };
  return {
    ...scene,
    holder,
    robot,
    strict,
    tokenUrl,
    ask,
    bound: async (asking) => {
      const answer = await ask([holder.proof({ method: 'POST', url: tokenUrl })], asking);
      if (answer.status !== 200) throw new Error(`no token: ${answer.body}`);
      return String((JSON.parse(answer.body) as { access_token: unknown }).access_token);
    },
    read,
    readAs: (token, proof = holder.proof({ method: 'POST', url: readUrl, token }), options) =>
      read([`Authorization: DPoP ${token}`, `DPoP: ${proof}`], options),
    get: (lines, target = '/api/v1/self') => sendRaw(url, { target, lines }),
  };
}

/** The claims of a token, unverified. */
export function claimsOf(token: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
}
