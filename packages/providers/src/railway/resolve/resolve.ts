import { type Classified, type Operation, type ResolvedOperation, type ResolvedValue, WritError } from '@writ/core';
import { isGraphqlOperation } from '../../graphql/operation.ts';
import { unresolved } from '../inventory/unresolved.ts';
import { placeNested } from './nested.ts';
import type { Resolving } from './resolving.ts';
import { type Placed, placeRoot } from './root.ts';
import { toSlugs } from './slugs.ts';

/**
 * Settles what each operation of a request acts on and which environments it reaches (DESIGN 5, 6.1, 7). Throws
 * `environment_unresolved` for whatever cannot be established, a silent provider included.
 */
export async function resolveRequest(resolving: Resolving, classified: Classified): Promise<ResolvedValue> {
  const placed: Placed[] = [];
  for (const operation of classified.operations) placed.push(await place(resolving, { operation, placed }));
  return { classified, operations: placed.map((each) => toResolved(resolving, each)) };
}

async function place(
  resolving: Resolving,
  { operation, placed }: { readonly operation: Operation; readonly placed: readonly Placed[] },
): Promise<Placed> {
  if (!isGraphqlOperation(operation)) throw new WritError('operation_unknown');
  const note = operation.graphql;
  if (note.at === 'root') return placeRoot(resolving, { operation, review: note.review });
  const under = placed[note.under];
  if (!under) throw unresolved(`${operation.name} lies under nothing that was judged.`);
  return placeNested(resolving, { operation, note, under });
}

function toResolved({ context }: Resolving, { operation, reach, targets, containers }: Placed): ResolvedOperation {
  const environments = toSlugs(operation, { reach, connection: context.connection });
  const { name, effect, base_effect, arguments: values, secret_arguments, parent } = operation;
  const own = { name, effect, base_effect, arguments: values, secret_arguments };
  return { ...own, ...(parent === undefined ? {} : { parent }), targets, containers, environments };
}
