import type { NestedNote } from '../../graphql/operation.ts';
import { containersOf } from '../inventory/located.ts';
import { idAt, idsAt } from './arguments.ts';
import { type Reach, SHARED_REACH, union } from './reach.ts';
import { demand, needFor, type Resolving } from './resolving.ts';
import { containersFor, toTarget } from './resource.ts';
import type { Placed } from './root.ts';
import { allOf, everything, ofTarget } from './rule.ts';

interface Nested {
  readonly operation: Placed['operation'];
  readonly note: NestedNote;
  readonly under: Placed;
}

/** Settles targets and reach of a nested field (model#step): by the id it is given, else by the step it takes from its parent. */
export async function placeNested(resolving: Resolving, nested: Nested): Promise<Placed> {
  const projects = nested.note.beyond || leavesProject(nested.note) ? undefined : nested.under.projects;
  if (nested.note.by_id) return placeById(resolving, nested);
  const { operation, under } = nested;
  const reach = await stepReach(resolving, { ...nested, projects });
  const around = under.targets.map(({ kind, id, within }) => [`${kind}:${id}`, ...within]);
  const inherited = [...holdingAll(around), ...under.containers];
  const outer = holdingAll((projects ?? []).map(containersOf));
  return { operation, reach, targets: [], containers: nested.note.step === 'same' ? inherited : outer, projects };
}

/** What holds every one of several things: to name the container of one of them says nothing of the others. */
function holdingAll(containers: readonly (readonly string[])[]): readonly string[] {
  const [first, ...others] = containers;
  return (first ?? []).filter((container) => others.every((each) => each.includes(container)));
}

async function stepReach(
  resolving: Resolving,
  { operation, note, under, projects }: Nested & { readonly projects: Placed['projects'] },
): Promise<Reach> {
  if (note.step === 'same') return under.reach;
  if (note.step === 'shared' || note.directory_only) return SHARED_REACH;
  if (!projects) return everything(resolving, needFor(resolving, operation.effect));
  const environments = allOf(projects);
  return { shared: environments.length === 0, environments };
}

async function placeById(resolving: Resolving, { operation, note, under }: Nested): Promise<Placed> {
  const need = needFor(resolving, operation.effect);
  const { kind, path, of } = note.by_id ?? { kind: '', path: '' };
  const inside = of === undefined ? undefined : idAt(operation.arguments, of);
  const ids = idsAt(operation.arguments, path);
  const found = await Promise.all(
    ids.map((id) => demand(resolving, { kind, id, ...(inside === undefined ? {} : { of: inside }) }, need)),
  );
  const reach =
    found.length > 0
      ? union(found.map((each) => ofTarget(each, operation.effect)))
      : await stepReach(resolving, { operation, note: { ...note, step: 'out' }, under, projects: undefined });
  const targets = found.map((each) => toTarget(each, reach));
  return {
    operation,
    reach,
    targets,
    containers: found.length === 1 ? containersFor(found, reach) : [],
    projects: found.flatMap((each) => each.projects),
  };
}

/** Fields that lead from a project to what holds it, or to people: beyond them are other projects. */
const LEADS_BEYOND = /^(?:workspaces?|teams?|projects|user|users|owner|creator|customer|members)$/;

function leavesProject({ path }: NestedNote): boolean {
  return path
    .split('.')
    .slice(1)
    .some((field) => LEADS_BEYOND.test(field));
}
