import { type EnvironmentSelector, SHARED } from '@writ/core';
import type { ProviderEnvironment } from '@writ/providers';
import type { ConnectionState } from '../live/connections.ts';
import { type Problem, throwIfAny, unknownName, wrong } from '../validation.ts';

/** Throws `validation_failed` for the reserved slug, and for the words by which guardrails name kinds. */
export function checkSlug(slug: string): void {
  if (slug === SHARED) throw wrong({ field: 'slug', problem: 'is reserved: every connection has it', found: slug });
  // Otherwise a guardrail on `protected` would have two meanings.
  const kinds = ['protected', 'ephemeral', 'other'];
  if (kinds.includes(slug))
    throw wrong({ field: 'slug', problem: 'is what guardrails call a kind of environment', found: slug });
}

/**
 * Asks the provider whether everything a selector names is there. Throws `validation_failed` with what was found and the nearest,
 * by id or by name; `upstream_unavailable` when it cannot be asked. Returns what the provider has.
 */
export async function checkSelector(
  state: ConnectionState,
  selector: EnvironmentSelector,
): Promise<readonly ProviderEnvironment[]> {
  const [name] = Object.keys(selector);
  const kinds: readonly string[] = state.provider.selectorKinds;
  if (name === undefined || !kinds.includes(name)) {
    const problem = `must be ${kinds.join(' or ')} for ${state.provider.title}`;
    throw wrong(unknownName({ field: 'selector', found: name ?? '', problem }, kinds));
  }
  const known = await state.upstream.environments();
  throwIfAny(
    'environment_ids' in selector
      ? idProblems(known, selector.environment_ids)
      : containerProblems(known, selector.ephemeral_of),
  );
  return known;
}

function idProblems(known: readonly ProviderEnvironment[], ids: readonly string[]): Problem[] {
  return ids.flatMap((id, index) => {
    if (known.some((environment) => environment.id === id)) return [];
    const named = known.find((environment) => environment.name === id);
    const at = {
      field: `selector.environment_ids.${index}`,
      found: id,
      problem: 'must be the id of an environment the root credential reaches',
    };
    if (named !== undefined) return [{ ...at, nearest: named.id }];
    return [
      unknownName(
        at,
        known.map((environment) => environment.id),
      ),
    ];
  });
}

function containerProblems(known: readonly ProviderEnvironment[], ids: readonly string[]): Problem[] {
  const containers = new Map(known.map(({ container }) => [container.id, container.name]));
  return ids.flatMap((id, index) => {
    if (containers.has(id)) return [];
    const named = [...containers].find(([, name]) => name === id);
    const at = {
      field: `selector.ephemeral_of.${index}`,
      found: id,
      problem: 'must be the id of a project the root credential reaches',
    };
    return [named === undefined ? unknownName(at, containers.keys()) : { ...at, nearest: named[0] }];
  });
}
