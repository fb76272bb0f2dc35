import { type Confirmation, type DescribedTarget, type ResolvedOperation, SHARED } from '@writ/core';

interface Shown {
  readonly shown: readonly DescribedTarget[];
  /** `kind:id` of what dies. */
  readonly dying: ReadonlyMap<string, unknown>;
}

/** What a human types before this operation: one text for each thing that it destroys. Never empty. */
export function confirmations(operation: ResolvedOperation, { shown, dying }: Shown): readonly Confirmation[] {
  const destroyed = shown.filter(({ kind, id }) => dying.has(`${kind}:${id}`));
  const named = destroyed.length > 0 ? destroyed : shown;
  if (named.length === 0) return [confirmation(operation, { target: operation.name, name: operation.name })];
  return named.map(({ kind, id, name, environments }) =>
    confirmation(operation, { target: `${kind}:${id}`, name: name ?? id, environments }),
  );
}

function confirmation(
  { environments: reached }: ResolvedOperation,
  { target, name, environments = [] }: { target: string; name: string; environments?: readonly string[] },
): Confirmation {
  const at = reached.filter(({ slug }) => environments.length === 0 || environments.includes(slug));
  const ranked = [...at].sort((one, other) => rank(one) - rank(other) || (one.slug < other.slug ? -1 : 1));
  const environment = ranked[0]?.slug ?? SHARED;
  return { target, environment, text: `${environment}/${name}` };
}

/** A protected environment is named before others, and `shared` only where nothing else is protected. */
function rank({ slug, kind }: ResolvedOperation['environments'][number]): number {
  if (kind !== 'protected') return 2;
  return slug === SHARED ? 1 : 0;
}
