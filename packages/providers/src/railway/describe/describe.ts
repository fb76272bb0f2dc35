import {
  type Described,
  defined,
  isJsonObject,
  type Resolved,
  type ResolvedOperation,
  type Resource,
} from '@writ/core';
import { idWithin } from '../../reach/located.ts';
import { idsInPatches, type NamedId } from '../../reach/patches.ts';
import { justNow } from '../../reach/resolve-deps.ts';
import { givenAt, idsAt } from '../../review/arguments.ts';
import { holds } from '../../review/condition.ts';
import { isReviewed } from '../../review/note.ts';
import type { OperationReview } from '../../review/review.ts';
import { environmentWith } from '../../selectors.ts';
import { isMade } from '../directory.ts';
import type { Filled, Found } from '../inventory/facts.ts';
import { locate } from '../inventory/locate.ts';
import { SELECTORS } from '../selectors.ts';
import { Blast } from './blast.ts';
import { confirmations } from './confirm.ts';
import type { DescribeContext, DescribeDeps } from './context.ts';
import { readStored } from './stored.ts';
import { describeEnvironments, describeTarget } from './targets.ts';
import { addContent, addWhole } from './what-dies.ts';

/** What a human is shown of a request, as the provider says now. Throws `environment_unresolved` where the provider is silent. */
export async function describeRequest(asked: DescribeDeps, resolved: Resolved): Promise<Described> {
  const blast = new Blast();
  const lists = { targets: [], confirm: [], stored_state: [], undescribable: [] };
  const describing: Describing = { ...asked, blast, ...lists };
  const { operations: judged } = resolved.classified;
  for (const [index, operation] of resolved.operations.entries()) {
    const same = judged[index];
    const review = same && isReviewed(same) && same.note.at === 'root' ? same.note.review : undefined;
    await describeOperation(describing, operation, review);
  }
  const environments = await describeEnvironments(describing, resolved.operations);
  const { targets, confirm, stored_state, undescribable } = describing;
  return { ...blast.finish(), targets, environments, confirm, stored_state, undescribable };
}

interface Describing extends DescribeDeps {
  readonly blast: Blast;
  readonly targets: Described['targets'][number][];
  readonly confirm: Described['confirm'][number][];
  readonly stored_state: Described['stored_state'][number][];
  readonly undescribable: string[];
}

async function describeOperation(
  describing: Describing,
  operation: ResolvedOperation,
  review: OperationReview | undefined,
): Promise<void> {
  const { blast, targets, confirm } = describing;
  const destroys = operation.effect === 'destroy';
  const named = await describeStored(describing, operation, review);
  const dying = destroys && review ? dyingOf(operation, review, named) : new Map<string, 'whole' | 'content'>();
  const shown: Described['targets'][number][] = [];
  for (const target of [...operation.targets, ...named]) {
    const placed = await place(describing, { operation, target });
    if (placed === undefined) {
      describing.undescribable.push(`Railway does not say what ${target.kind} ${target.id} is.`);
      continue;
    }
    shown.push(describeTarget(placed, { operation: operation.name, target }));
    const how = dying.get(`${target.kind}:${target.id}`);
    if (how === 'whole') await addWhole(placed, target);
    if (how === 'content') await addContent(placed, target);
  }
  targets.push(...shown);
  if (review?.admitted || operation.targets.some(({ kind }) => kind === 'unreviewed'))
    blast.unknown(`what ${operation.name} does beyond what was reviewed`);
  if (!destroys) return;
  if (dying.size === 0) blast.unknown(`what ${operation.name} takes with it`);
  confirm.push(...confirmations(operation, { shown, dying }));
}

/** Shows what the call acts by besides its arguments, and returns what is named in there, but for what it would make. */
async function describeStored(
  describing: Describing,
  operation: ResolvedOperation,
  review: OperationReview | undefined,
): Promise<readonly (NamedId & Resource)[]> {
  const { blast, stored_state, undescribable } = describing;
  const { arguments: values } = operation;
  const named: NamedId[] = [];
  for (const ref of review?.stored ?? []) {
    if ('unreadable' in ref) undescribable.push(`Railway does not say ${ref.unreadable}.`);
    else if ('elsewhere' in ref) {
      if (ref.unless === undefined || givenAt(values, ref.unless).length === 0) blast.unknown(ref.elsewhere);
    } else if (givenAt(values, ref.path).length > 0) {
      const stored = await readStored(describing, values, ref);
      if (stored === undefined)
        undescribable.push(`Railway does not say, or not in short, what ${operation.name} acts by.`);
      else stored_state.push(stored.state);
      named.push(...idsInPatches({ arguments: { patch: stored?.value ?? null } }, ref.holds ?? []));
    }
  }
  return named.filter(({ member }) => !isMade(member)).map((each) => ({ ...each, within: [] }));
}

/** The targets that the call deletes or empties, as the catalog and the patches in its arguments and at the provider tell. */
function dyingOf(
  operation: ResolvedOperation,
  { targets = [], patches = [] }: OperationReview,
  stored: readonly NamedId[],
): ReadonlyMap<string, 'whole' | 'content'> {
  const dying = new Map<string, 'whole' | 'content'>();
  for (const { kind, path, dies, dies_when } of targets) {
    if (dies === undefined || (dies_when !== undefined && !holds(dies_when, operation.arguments))) continue;
    for (const id of idsAt(operation.arguments, path)) dying.set(`${kind}:${id}`, dies);
  }
  for (const named of [...idsInPatches(operation, patches), ...stored]) {
    if (isDeleted(named)) dying.set(`${named.kind}:${named.id}`, 'whole');
  }
  return dying;
}

/** Railway's words in a patch for a thing that is to be deleted. */
function isDeleted({ member }: NamedId): boolean {
  return member === null || (isJsonObject(member) && member['isDeleted'] === true);
}

/** Where a target lies now: what the call hits, and what else there is. Undefined where the provider knows it no longer. */
async function place(
  { inventory, context, blast }: Describing,
  { operation, target }: { operation: ResolvedOperation; target: Resource },
): Promise<DescribeContext | undefined> {
  const need = justNow(context);
  const sought = { kind: target.kind, id: target.id, ...defined({ of: idWithin(target, 'volume_instance') }) };
  const slugOf = ({ environment }: Filled) =>
    environmentWith(SELECTORS, context.connection.environments, environment.members)?.slug;
  const found = UNLISTED.has(target.kind) ? nowhere(target) : await locate(inventory, sought, need);
  if (found === undefined) return undefined;
  const filled = (await Promise.all(found.containers.map((project) => inventory.filled(project, need)))).flat();
  const reached = new Set(operation.environments.flatMap(({ places = [] }) => places));
  const lies = new Set(found.environments.map(({ id }) => id));
  const hit = filled.filter(({ environment: { id } }) => reached.has(id) && (lies.size === 0 || lies.has(id)));
  const spared = filled.filter((each) => !hit.includes(each));
  return { inventory, context, blast, found, hit, spared, slugOf };
}

/** Kinds of targets that are no things of the provider's: names, and arguments that nobody has reviewed. */
const UNLISTED: ReadonlySet<string> = new Set(['domain', 'unreviewed']);

function nowhere({ kind, id, within }: Resource): Found {
  return { kind, id, name: id, containers: [], extent: 'in', environments: [], within };
}
