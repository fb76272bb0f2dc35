import { type EnvironmentSelector, SHARED, WritError } from '@writ/core';
import type { ProviderEnvironment, SelectorProblem } from '@writ/providers';
import type { ConnectionState } from '../live.ts';
import { type Problem, throwIfAny, unknownName, wrong } from '../validation.ts';

/** Throws `validation_failed` for the reserved slug, and for the words by which guardrails name kinds. */
export function checkSlug(slug: string): void {
  if (slug === SHARED) throw wrong({ field: 'slug', problem: 'is reserved: every connection has it', found: slug });
  // Otherwise a guardrail on `protected` would mean two things.
  const kinds = ['protected', 'ephemeral', 'other'];
  if (kinds.includes(slug))
    throw wrong({ field: 'slug', problem: 'is what guardrails call a kind of environment', found: slug });
}

/**
 * Asks the provider whether it has everything that a selector names. Throws `validation_failed` with what was found and the nearest, by
 * id or by name; `upstream_unavailable` when it cannot be asked. Returns the provider's environments.
 */
export async function checkSelector(
  state: ConnectionState,
  selector: EnvironmentSelector,
): Promise<readonly ProviderEnvironment[]> {
  const { selectors, title } = state.provider;
  throwIfAny(
    selectors.problems(selector).map((each) => problemOf({ ...each, problem: `${each.problem} for ${title}` })),
  );
  const known = await state.upstream.environments();
  throwIfAny(selectors.unknown(selector, known).map(problemOf));
  return known;
}

function problemOf({ at, problem, found, nearest, names }: SelectorProblem): Problem {
  const field = at === '' ? 'selector' : `selector.${at}`;
  const unknown = unknownName({ field, found, problem }, names);
  return nearest === undefined ? unknown : { field, problem, found: unknown.found ?? '', nearest };
}

/** The error for a slug that no environment of the connection has. */
export function noSuchEnvironment(connection: string, slug: string): WritError {
  return new WritError('not_found', { detail: `The connection ${connection} has no environment ${slug}.` });
}

/** Throws `validation_failed` for the reserved environment, which is as it is. */
export function refuseShared(slug: string): void {
  if (slug === SHARED)
    throw wrong({ field: 'environment', problem: 'is reserved, and cannot be changed or removed', found: slug });
}
