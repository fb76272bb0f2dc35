import type { Operation } from '@writ/core';
import type { SharedNameRef } from '../../catalog.ts';
import type { EnvironmentFacts } from '../inventory/facts.ts';
import { unresolved } from '../inventory/unresolved.ts';
import { valuesAt } from './arguments.ts';
import { canonicalHostName, overlap } from './host-name.ts';
import { justNow, type Resolving } from './resolving.ts';

/** Returns the host names an operation names, canonical. Throws `environment_unresolved` for one that is none. */
export function hostNamesOf({ name, arguments: values }: Operation, refs: readonly SharedNameRef[]): readonly string[] {
  return refs.flatMap(({ path }) =>
    valuesAt(values, path).map((value) => {
      const canonical = typeof value === 'string' ? canonicalHostName(value) : undefined;
      if (canonical === undefined) throw unresolved(`The argument ${path} of ${name} is no host name.`);
      return canonical;
    }),
  );
}

/** The environments where one of the names, a wildcard over it or a name under it is configured, as the provider says now. */
export async function environmentsWith(
  { inventory, context }: Resolving,
  names: readonly string[],
): Promise<readonly EnvironmentFacts[]> {
  if (names.length === 0) return [];
  const need = justNow(context);
  const found: EnvironmentFacts[] = [];
  for (const project of await inventory.projects(need)) {
    for (const { environment, domains } of await inventory.filled(project, need)) {
      const taken = domains.map(({ domain }) => canonicalHostName(domain) ?? domain.toLowerCase());
      if (taken.some((domain) => names.some((name) => overlap(name, domain)))) found.push(environment);
    }
  }
  return found;
}
