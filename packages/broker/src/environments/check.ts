import { type EnvironmentSelector, environmentKindSchema, SHARED, WritError } from '@writ/core';
import type { Provider, ProviderEnvironment, SelectorProblem } from '@writ/providers';
import type { ConnectionState } from '../live.ts';
import { type Problem, throwIfAny, unknownName, wrong } from '../validation.ts';

/** What is wrong with a slug: the reserved one, and the words by which guardrails name kinds, would mean two things. */
export function slugProblem(slug: string): Problem | undefined {
  if (slug === SHARED) return { field: 'slug', problem: 'is reserved: every connection has it', found: slug };
  if (!environmentKindSchema.safeParse(slug).success) return undefined;
  return { field: 'slug', problem: 'is what guardrails call a kind of environment', found: slug };
}

/** Throws `validation_failed` for a slug that no environment can have. */
export function checkSlug(slug: string): void {
  const problem = slugProblem(slug);
  if (problem !== undefined) throw wrong(problem);
}

/**
 * Asks the provider whether it has everything that a selector names. Throws `validation_failed` with what was found and the nearest, by
 * id or by name; `upstream_unavailable` when it cannot be asked. Returns the provider's environments.
 */
export async function checkSelector(
  state: ConnectionState,
  selector: EnvironmentSelector,
): Promise<readonly ProviderEnvironment[]> {
  // Its form alone first: then the provider is not asked for nothing.
  throwIfAny(selectorProblems(state.provider, selector));
  const known = await state.upstream.environments();
  throwIfAny(selectorProblems(state.provider, selector, known));
  return known;
}

/** What is wrong with a selector: its form, and then what it names that the provider does not have. */
export function selectorProblems(
  { selectors, title }: Pick<Provider, 'selectors' | 'title'>,
  selector: EnvironmentSelector,
  known?: readonly ProviderEnvironment[],
): Problem[] {
  const ill = selectors
    .problems(selector)
    .map((each) => problemOf({ ...each, problem: `${each.problem} for ${title}` }));
  return ill.length > 0 || known === undefined ? ill : selectors.unknown(selector, known).map(problemOf);
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
