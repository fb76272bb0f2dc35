/** Short forms in which the reviews of this folder are written. They add nothing and assume nothing. */
import type { Effect } from '@writ/core';
import type { ArgumentPath, Condition, OperationReview, Raise, ReachRule, ResourceRef } from '../../review/review.ts';

/** Reviews of operations by name. */
export type Operations = Readonly<Record<string, OperationReview>>;

/** Only what lies outside any environment. */
export const SHARED: ReachRule = { in: 'shared' };

/** Every environment of the connection, and `shared`. */
export const EVERYTHING: ReachRule = { in: 'everything' };

/** Every environment the targets lie in. */
export const BY_TARGET: ReachRule = { in: 'resource' };

/** Those of the targets' environments that `path` names; all of them when it is left out. */
export const byTargetIn = (path: ArgumentPath): ReachRule => ({ in: 'resource', narrowed_by: path });

/** The environment `path` names; `absent` (default: everything) when it is left out. */
export const environment = (path: ArgumentPath, absent?: ReachRule): ReachRule =>
  absent ? { in: 'environment', path, absent } : { in: 'environment', path };

/** The project `path` names, as a container. */
export const project = (path: ArgumentPath, absent?: ReachRule): ReachRule =>
  absent ? { in: 'container', kind: 'project', path, absent } : { in: 'container', kind: 'project', path };

/** The workspace `path` names, as a container. */
export const workspace = (path: ArgumentPath, absent?: ReachRule): ReachRule =>
  absent ? { in: 'container', kind: 'workspace', path, absent } : { in: 'container', kind: 'workspace', path };

/** Every environment of the project `path` names, also for a read. */
export const insideProject = (path: ArgumentPath, absent?: ReachRule): ReachRule =>
  absent ? { in: 'inside', kind: 'project', path, absent } : { in: 'inside', kind: 'project', path };

/** Every environment of the workspace `path` names, also for a read. */
export const insideWorkspace = (path: ArgumentPath, absent?: ReachRule): ReachRule =>
  absent ? { in: 'inside', kind: 'workspace', path, absent } : { in: 'inside', kind: 'workspace', path };

/** Every environment in which the service has an instance; `fork` names the argument that limits it if it is a fork. */
export const service = (path: ArgumentPath, fork?: ArgumentPath): ReachRule =>
  fork ? { in: 'instances', kind: 'service', path, fork } : { in: 'instances', kind: 'service', path };

/**
 * References written as `kind:path`.
 *
 * @example refs('service:input.serviceId', 'project:input.projectId')
 */
export function refs(...written: readonly `${string}:${string}`[]): readonly ResourceRef[] {
  return written.map((entry) => {
    const colon = entry.indexOf(':');
    return { kind: entry.slice(0, colon), path: entry.slice(colon + 1) };
  });
}

/** The same for what the call deletes, with all that lies in it. */
export function deleted(...written: readonly `${string}:${string}`[]): readonly ResourceRef[] {
  return refs(...written).map((ref) => ({ ...ref, dies: 'whole' }));
}

/** What a deployment of a connected source depends on. */
export const COMMIT = 'which commit of the connected source is deployed';

/** The conditions that `raise` takes for several paths at once. */
type Plain = Exclude<Condition, { one_of: unknown } | { not_one_of: unknown }>['is'];

/** One raise for each of the paths, which are separated by blanks. */
export function raise(to: Effect, when: { readonly is: Plain; readonly paths: string }): readonly Raise[] {
  return words(when.paths).map((path) => ({ when: { path, is: when.is }, to }));
}

/** The words of a text, which are separated by any white space. */
export function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/** One record of several; throws a `TypeError` for a key that two of them have, so that nothing is reviewed twice. */
export function merge<Value>(parts: readonly Readonly<Record<string, Value>>[]): Readonly<Record<string, Value>> {
  const all = Object.create(null) as Record<string, Value>;
  for (const [key, value] of parts.flatMap((part) => Object.entries(part))) {
    if (key in all) throw new TypeError(`${key} is reviewed twice`);
    all[key] = value;
  }
  return all;
}
