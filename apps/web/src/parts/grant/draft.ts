import type { OutputOf, RequestOf } from '@writ/api';
import {
  type ArgumentCondition,
  conditionLine,
  type Detail,
  defined,
  type GrantScope,
  type Limit,
  parseSelector,
} from '@writ/core';

/** What one grant covers, as far as it was chosen: lists may still be empty. */
export interface Part {
  readonly connection: string;
  readonly environments: readonly string[];
  readonly operations: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: readonly Condition[];
  readonly limits: readonly Limit[];
}

/** One argument of one operation. */
export interface Argument {
  readonly operation: string;
  readonly path: string;
}

/** A condition on one argument of one operation. */
export interface Condition extends Argument {
  readonly condition: ArgumentCondition;
  /** What was typed for it last. Where that is no value (yet), the condition is still the one before. */
  readonly typed?: readonly string[];
}

/** Tells of conditions and questions whether they are about this argument. */
export function onArgument({ operation, path }: Argument): (other: Argument) => boolean {
  return (other) => other.operation === operation && other.path === path;
}

/** What is to be granted: each part becomes a grant of its own, all for one client, equally long, by one name. */
export interface Draft {
  readonly client_id: string;
  readonly parts: readonly Part[];
  readonly max_ttl_seconds: number | undefined;
  readonly expires_at: string | undefined;
  readonly name: string;
  readonly note: string;
}

/** The body that makes a grant. */
export type NewGrant = RequestOf<'grants.create'>;

/** A part in which nothing was chosen. */
export function emptyPart(connection = ''): Part {
  return { connection, environments: [], operations: [], resources: [], conditions: [], limits: [] };
}

/** A draft in which nothing was chosen but, maybe, the client and the connection. */
export function emptyDraft(client_id = '', connection = ''): Draft {
  return {
    client_id,
    parts: [emptyPart(connection)],
    max_ttl_seconds: undefined,
    expires_at: undefined,
    name: '',
    note: '',
  };
}

/** What is sent for each part. */
export function grantsOf(draft: Draft): NewGrant[] {
  const { client_id, max_ttl_seconds, expires_at } = draft;
  const rest = defined({
    max_ttl_seconds,
    expires_at,
    name: draft.name.trim() === '' ? undefined : draft.name.trim(),
    note: draft.note.trim() === '' ? undefined : draft.note.trim(),
  });
  return draft.parts.map((part) => ({ client_id, ...scopeOf(part), ...rest }));
}

/** The scope of a part as the API takes it. */
export function scopeOf(part: Part): GrantScope {
  const { connection, environments, operations, resources, conditions, limits } = part;
  return {
    connection,
    environments: [...environments],
    operations: [...operations],
    ...(resources.length > 0 && { resources: [...resources] }),
    ...(conditions.length > 0 && { arguments: argumentsOf(conditions) }),
    ...(limits.length > 0 && { limits: [...limits] }),
  };
}

function argumentsOf(conditions: readonly Condition[]): NonNullable<GrantScope['arguments']> {
  const groups = Map.groupBy(conditions, ({ operation }) => operation);
  return Object.fromEntries(
    [...groups].map(([operation, group]) => [
      operation,
      Object.fromEntries(group.map(({ path, condition }) => [path, condition])),
    ]),
  );
}

/** A scope, or a detail, as a part. `environments` are missing where nobody knows them. */
export function partOf(scope: Omit<GrantScope, 'environments'> & Pick<Missing, 'environments'>): Part {
  return {
    connection: scope.connection,
    environments: scope.environments ?? [],
    operations: scope.operations,
    resources: scope.resources ?? [],
    conditions: Object.entries(scope.arguments ?? {}).flatMap(([operation, paths]) =>
      Object.entries(paths).map(([path, condition]) => ({ operation, path, condition })),
    ),
    limits: scope.limits ?? [],
  };
}

/** A grant that stands, as the draft of its change. */
export function draftOf(grant: OutputOf<'grants.get'>): Draft {
  return {
    client_id: grant.client_id,
    parts: [partOf(grant)],
    max_ttl_seconds: grant.max_ttl_seconds,
    expires_at: grant.expires_at ?? undefined,
    name: grant.name ?? '',
    note: grant.note ?? '',
  };
}

/** What is sent to change a grant to what the draft says: its first part, whole. */
export function changeOf(draft: Draft): Omit<RequestOf<'grants.patch'>, 'id'> {
  const [grant] = grantsOf(draft);
  const { client_id: _, connection: __, ...change } = grant ?? grantsOf(emptyDraft())[0] ?? {};
  return {
    resources: null,
    arguments: null,
    limits: null,
    expires_at: null,
    name: null,
    note: null,
    ...change,
  };
}

/** True where nothing was chosen in it. */
function isEmpty(part: Part): boolean {
  return part.environments.length + part.operations.length + part.resources.length + part.conditions.length === 0;
}

/** The part with these operations besides. */
export function withOperations(part: Part, operations: readonly string[]): Part {
  return { ...part, operations: [...new Set([...part.operations, ...operations])] };
}

/** The part without these operations, and without what was said of their arguments. */
export function withoutOperations(part: Part, operations: readonly string[]): Part {
  const kept = part.operations.filter((operation) => !operations.includes(operation));
  const gone = new Set(operations.map((operation) => parseSelector(operation).pattern));
  const isThere = (name: string): boolean =>
    !gone.has(name) || kept.some((each) => parseSelector(each).pattern === name);
  return {
    ...part,
    operations: kept,
    conditions: part.conditions.filter(({ operation }) => isThere(operation)),
    limits: part.limits.filter((limit) => isThere(parseSelector(limit.operations).pattern)),
  };
}

/** The part with one condition on this argument, and with what was typed for it; undefined takes it away. */
export function withCondition(
  part: Part,
  { operation, path }: Argument,
  condition: ArgumentCondition | undefined,
  typed?: readonly string[],
): Part {
  const at = part.conditions.findIndex(onArgument({ operation, path }));
  const added = condition === undefined ? [] : [{ operation, path, condition, ...(typed && { typed }) }];
  const conditions = at < 0 ? [...part.conditions, ...added] : part.conditions.toSpliced(at, 1, ...added);
  return { ...part, conditions };
}

/** A detail as a refusal has it. */
export type Missing = Omit<Detail, 'environments'> & { readonly environments?: readonly string[] | undefined };

/** True where a part of the draft names what the detail names, no wider. */
export function hasDetail(draft: Draft, detail: Missing): boolean {
  const wanted = partOf(detail);
  return draft.parts.some((part) => isSamePlace(part, wanted) && isWithin(wanted, part));
}

function isWithin(wanted: Part, part: Part): boolean {
  const names = new Set(wanted.operations.map((each) => parseSelector(each).pattern));
  const own = part.conditions.filter(({ operation }) => names.has(operation));
  const key = (all: readonly Condition[]): string => all.map(conditionLine).sort().join('\n');
  return wanted.operations.every((each) => part.operations.includes(each)) && key(own) === key(wanted.conditions);
}

function isSamePlace(one: Part, other: Part): boolean {
  const key = ({ connection, environments, resources }: Part): string =>
    JSON.stringify([connection, [...environments].sort(), [...resources].sort()]);
  return key(one) === key(other);
}

/** The draft with the detail: in a part with the same environments and resources, if there is one, else in a part of its own. */
export function withDetail(draft: Draft, detail: Missing): Draft {
  if (hasDetail(draft, detail)) return draft;
  const wanted = partOf(detail);
  const names = new Set(wanted.operations.map((each) => parseSelector(each).pattern));
  // An operation that is there with other arguments needs a part of its own: conditions of one hold together.
  const at = draft.parts.findIndex(
    (part) => isSamePlace(part, wanted) && !part.operations.some((each) => names.has(parseSelector(each).pattern)),
  );
  const found = draft.parts[at];
  if (found === undefined) return { ...draft, parts: [...draft.parts.filter((part) => !isEmpty(part)), wanted] };
  const joined = {
    ...withOperations(found, wanted.operations),
    conditions: [...found.conditions, ...wanted.conditions],
  };
  return { ...draft, parts: draft.parts.with(at, joined) };
}

/** The draft without the detail. A part of which nothing is left goes; the last one stays, empty. */
export function withoutDetail(draft: Draft, detail: Missing): Draft {
  const wanted = partOf(detail);
  const at = draft.parts.findIndex((part) => isSamePlace(part, wanted) && isWithin(wanted, part));
  const found = draft.parts[at];
  if (found === undefined) return draft;
  const left = withoutOperations(found, wanted.operations);
  const parts = left.operations.length > 0 ? draft.parts.with(at, left) : draft.parts.toSpliced(at, 1);
  return { ...draft, parts: parts.length > 0 ? parts : [emptyPart(found.connection)] };
}

/** What a part is called among others. */
export function titleOf({ environments, operations }: Part, index: number): string {
  return `${index + 1}: ${environments.slice(0, 2).join(', ') || '?'} (${operations.length})`;
}
