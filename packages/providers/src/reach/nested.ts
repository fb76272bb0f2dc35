import { idAt, idsAt } from '../review/arguments.ts';
import type { NestedNote } from '../review/note.ts';
import { type Reach, SHARED_REACH, union } from './reach.ts';
import { demand, needFor, type ResolveDeps } from './resolve-deps.ts';
import { containersFor, toTarget } from './resource.ts';
import type { Placed } from './root.ts';
import { allOf, everything, ofTarget } from './rule.ts';

interface NestedOperation {
  readonly operation: Placed['operation'];
  readonly note: NestedNote;
  readonly under: Placed;
}

/** Settles targets and reach of a nested field (model#step): by the id it is given, else by the step from its parent. */
export async function placeNested(deps: ResolveDeps, nested: NestedOperation): Promise<Placed> {
  if (nested.note.by_id) return placeById(deps, nested);
  const { operation, note, under } = nested;
  const about = note.beyond || leavesContainer(deps, note) ? undefined : under.about;
  const reach = await stepReach(deps, { ...nested, about });
  const around = under.targets.map(({ kind, id, within }) => [`${kind}:${id}`, ...within]);
  const inherited = [...holdingAll(around), ...under.containers];
  const outer = holdingAll((about ?? []).map(({ within }) => within));
  return { operation, reach, targets: [], containers: note.step === 'same' ? inherited : outer, about };
}

/** The containers in which all of several things lie. */
function holdingAll(containers: readonly (readonly string[])[]): readonly string[] {
  const [first, ...others] = containers;
  return (first ?? []).filter((container) => others.every((each) => each.includes(container)));
}

async function stepReach(
  deps: ResolveDeps,
  { operation, note, under, about }: NestedOperation & { readonly about: Placed['about'] },
): Promise<Reach> {
  if (note.step === 'same') return under.reach;
  if (note.step === 'shared' || note.directory_only) return SHARED_REACH;
  if (!about) return everything(deps, needFor(deps, operation.effect));
  const environments = allOf(deps, about);
  return { shared: environments.length === 0, environments };
}

async function placeById(deps: ResolveDeps, { operation, note, under }: NestedOperation): Promise<Placed> {
  const { words } = deps.directory;
  const need = needFor(deps, operation.effect);
  const { kind, path, of } = note.by_id ?? { kind: '', path: '' };
  const inside = of === undefined ? undefined : idAt(operation.arguments, of);
  const ids = idsAt(operation.arguments, path);
  const found = await Promise.all(
    ids.map((id) => demand(deps, { kind, id, ...(inside !== undefined && { of: inside }) }, need)),
  );
  const reach =
    found.length > 0
      ? union(found.map((each) => ofTarget(deps, each, operation.effect)))
      : await stepReach(deps, { operation, note: { ...note, step: 'out' }, under, about: undefined });
  const targets = found.map((each) => toTarget(words, each, reach));
  return {
    operation,
    reach,
    targets,
    containers: found.length === 1 ? containersFor(words, found, reach) : [],
    about: found.flatMap((each) => each.containers),
  };
}

function leavesContainer({ directory: { words } }: ResolveDeps, { path }: NestedNote): boolean {
  return path
    .split('.')
    .slice(1)
    .some((field) => words.beyond.test(field));
}
