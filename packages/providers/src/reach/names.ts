import type { Operation } from '@writ/core';
import { givenAt } from '../review/arguments.ts';
import type { SharedNameRef } from '../review/review.ts';
import { unresolved } from '../review/unresolved.ts';
import { canonicalHostName, overlap } from './host-name.ts';
import type { Place } from './located.ts';
import { justNow, type ResolveDeps } from './resolve-deps.ts';

/** Returns the host names in an operation's arguments, canonical. Throws `environment_unresolved` for a value that is no host name. */
export function hostNamesOf({ name, arguments: values }: Operation, refs: readonly SharedNameRef[]): readonly string[] {
  return refs.flatMap(({ path }) =>
    givenAt(values, path).map((value) => {
      const canonical = typeof value === 'string' ? canonicalHostName(value) : undefined;
      if (canonical === undefined) throw unresolved(`The argument ${path} of ${name} is no host name.`);
      return canonical;
    }),
  );
}

/** The environments where one of the names, a wildcard over it or a name under it is configured, as the provider says now. */
export async function environmentsWith(
  { directory, context }: ResolveDeps,
  names: readonly string[],
): Promise<readonly Place[]> {
  if (names.length === 0) return [];
  const inUse = await directory.namesInUse(justNow(context));
  return inUse.flatMap(({ name, environment }) => {
    const taken = canonicalHostName(name) ?? name.toLowerCase();
    return names.some((wanted) => overlap(wanted, taken)) ? [environment] : [];
  });
}
