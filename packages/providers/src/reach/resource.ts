import type { Resource } from '@writ/core';
import type { ReachWords } from './directory.ts';
import type { Located } from './located.ts';
import type { Reach } from './reach.ts';

/**
 * Makes a target of what was found. It counts as lying in an environment only where that is the only one in which this call
 * acts on it: else a detail that names one environment would cover what is done in another.
 */
export function toTarget(words: ReachWords, located: Located, reach: Reach): Resource {
  const { kind, id, name, within } = located;
  const liesInside = located.extent === 'in' && kind !== words.environment;
  const inside = liesInside ? onlyEnvironment(words, located, reach) : [];
  return { kind, id, ...(name !== undefined && { name }), within: [...inside, ...within] };
}

/** Makes a target of a host name: it lies where the thing will lie that is made with it. */
export function nameTarget(name: string, containers: readonly string[]): Resource {
  return { kind: 'domain', id: name, name, within: containers };
}

function onlyEnvironment(words: ReachWords, located: Located, { environments }: Reach): readonly string[] {
  const reached = new Set(environments.map((environment) => environment.id));
  const acted = located.environments.filter(({ id }) => reached.has(id));
  const [first] = acted;
  return first && acted.length === 1 && reached.size === 1 ? [`${words.environment}:${first.id}`] : [];
}

/** The containers of an operation without targets, or of what it would make: the one environment it reaches, and what it names. */
export function containersFor(
  words: ReachWords,
  named: readonly Located[],
  { environments, shared }: Reach,
): readonly string[] {
  const [first] = environments;
  const environment = first && environments.length === 1 && !shared ? [`${words.environment}:${first.id}`] : [];
  const outer = named
    .filter(({ kind }) => kind !== words.environment)
    .flatMap(({ kind, id, within }) => [`${kind}:${id}`, ...within]);
  const around = named.filter(({ kind }) => kind === words.environment).flatMap(({ within }) => within);
  return [...new Set([...environment, ...outer, ...around])];
}
