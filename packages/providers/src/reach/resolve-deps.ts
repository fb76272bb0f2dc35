import { type Classified, type Effect, isWorse, type ResolvedValue } from '@writ/core';
import type { ConnectionFacts, ResolveContext } from '../provider.ts';
import { unresolved } from '../review/unresolved.ts';
import type { Directory } from './directory.ts';
import type { Need } from './knowledge.ts';
import type { Located, Sought } from './located.ts';
import type { Misses } from './misses.ts';

const READ_MS = 300_000;
const CHANGE_MS = 30_000;

/** How long the result for a request that only reads is used again, in milliseconds. The facts it is made of must be newer by as much. */
export const AGAIN_MS = 5_000;

/** The arguments of resolving one request. */
export interface ResolveDeps {
  readonly directory: Directory;
  readonly misses: Misses;
  readonly context: ResolveContext;
  /** The results of earlier requests. */
  readonly settled: WeakMap<Classified, Settled>;
}

/** The result for a request that only reads, and what it is valid for. */
export interface Settled {
  readonly value: ResolvedValue;
  readonly connection: ConnectionFacts;
  /** The directory's version at that time. */
  readonly version: number;
  /** Milliseconds. */
  readonly until: number;
}

/** How new knowledge must be for an effect (model#inventory): 5 minutes for `read`, this request for the worst, 30 s for the others. */
export function needFor({ directory, context }: ResolveDeps, effect: Effect): Need {
  if (isWorse(effect, 'execute')) return justNow(context);
  return { since: directory.now() - (effect === 'read' ? READ_MS - AGAIN_MS : CHANGE_MS) };
}

/** Knowledge that was asked for after the request arrived. */
export function justNow(context: ResolveContext): Need {
  return { since: context.arrived };
}

/** Finds a resource or throws `environment_unresolved`. Ids looked up in vain are remembered and cost the client budget. */
export async function demand(deps: ResolveDeps, sought: Sought, need: Need): Promise<Located> {
  const { directory, misses, context } = deps;
  const key = [sought.kind, sought.id, sought.of ?? ''].join(' ');
  misses.check(context.client_id);
  if (misses.knows(key)) throw missing(directory, sought);
  const located = await directory.locate(sought, need);
  if (located) return located;
  misses.spend(context.client_id, key);
  throw missing(directory, sought);
}

function missing({ words }: Directory, { kind, id, of }: Sought): Error {
  const where = of === undefined ? '' : ` in ${of}`;
  return unresolved(
    `${words.title} knows no ${kind.replaceAll('_', ' ')} ${id}${where} that this connection can reach.`,
  );
}
