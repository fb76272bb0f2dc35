import { type Classified, type Operation, type ResolvedOperation, type ResolvedValue, WritError } from '@writ/core';
import type { ResolveContext } from '../provider.ts';
import { isReviewed } from '../review/note.ts';
import { unresolved } from '../review/unresolved.ts';
import { placeNested } from './nested.ts';
import { union } from './reach.ts';
import { renamesOf } from './renames.ts';
import { AGAIN_MS, needFor, type ResolveDeps } from './resolve-deps.ts';
import { type Placed, placeRoot } from './root.ts';
import { everything } from './rule.ts';
import { toSlugs } from './slugs.ts';

/** The most pairs of operation and environment of a result that is remembered: larger ones would take most of the memory. */
const MOST_KEPT = 128;

/**
 * Settles what each operation of a request acts on and which environments it reaches (model#reach). Throws
 * `environment_unresolved` for what cannot be established, a silent provider included.
 */
export async function resolveRequest(deps: ResolveDeps, classified: Classified): Promise<ResolvedValue> {
  const { directory, context, settled } = deps;
  const version = directory.version();
  const now = directory.now();
  const before = settled.get(classified);
  if (before?.version === version && before.connection === context.connection && now < before.until)
    return before.value;
  let asksNewest = false;
  const noting: ResolveContext = {
    ...context,
    /** Read only where knowledge must be as new as the request itself. */
    get arrived() {
      asksNewest = true;
      return context.arrived;
    },
  };
  const value = await settle({ ...deps, context: noting }, classified);
  // Where the provider was asked, the version has changed by now, and this result is not remembered; that of the next request is.
  if (!asksNewest && classified.operations.every(({ effect }) => effect === 'read') && pairsOf(value) <= MOST_KEPT) {
    settled.set(classified, { value, connection: context.connection, version, until: now + AGAIN_MS });
  }
  return value;
}

function pairsOf({ operations }: ResolvedValue): number {
  return operations.reduce((sum, { environments }) => sum + environments.length, 0);
}

async function settle(deps: ResolveDeps, classified: Classified): Promise<ResolvedValue> {
  const placed: Placed[] = [];
  for (const operation of classified.operations) placed.push(await place(deps, { operation, placed }));
  return { classified, operations: placed.map((each) => toResolved(deps, each)) };
}

async function place(
  deps: ResolveDeps,
  { operation, placed }: { readonly operation: Operation; readonly placed: readonly Placed[] },
): Promise<Placed> {
  if (!isReviewed(operation)) throw new WritError('operation_unknown');
  const { note } = operation;
  if (note.at === 'root') return widen(deps, await placeRoot(deps, { operation, review: note.review }));
  const under = placed[note.under];
  if (!under) throw unresolved(`${operation.name} lies under nothing that was judged.`);
  return widen(deps, await placeNested(deps, { operation, note, under }));
}

/**
 * Nobody knows what an argument that an owner admitted means. So a call that uses one reaches everything, and the argument is added to
 * its targets under a kind that no detail can name: a detail that names resources never covers such a call.
 */
async function widen(deps: ResolveDeps, placed: Placed): Promise<Placed> {
  const parts = isReviewed(placed.operation) ? placed.operation.note.admitted : undefined;
  if (parts === undefined) return placed;
  const reach = union([placed.reach, await everything(deps, needFor(deps, placed.operation.effect))]);
  const unreviewed = parts.map((id) => ({ kind: 'unreviewed', id, within: [] }));
  return { ...placed, reach, targets: [...placed.targets, ...unreviewed], containers: [], about: undefined };
}

function toResolved(
  { directory, context }: ResolveDeps,
  { operation, reach, targets, containers }: Placed,
): ResolvedOperation {
  const environments = toSlugs(operation, { directory, reach, connection: context.connection });
  const { name, effect, base_effect, arguments: values, secret_arguments, spelled_out, parent } = operation;
  const own = { name, effect, base_effect, arguments: values, secret_arguments };
  const spelled = spelled_out ? { spelled_out } : {};
  const renames = renamesOf(operation, targets);
  const more = { ...(parent !== undefined && { parent }), ...(renames !== undefined && { renames }) };
  return { ...own, ...spelled, ...more, targets, containers, environments };
}
