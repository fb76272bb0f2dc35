/** What a person types before saying yes to what destroys something in a protected environment. */
import type { Shown } from '@writ/api';
import { type Described, inertLine, type ResolvedOperation, SHARED } from '@writ/core';

/** The most lines; the API takes no more. */
const MOST = 500;

/**
 * The lines to type: for each thing that is destroyed in a protected environment. An operation that destroys there, for which the provider
 * named nothing there, has a line with its own name.
 */
export function confirmOf(operations: readonly ResolvedOperation[], described: Described): string[] {
  const guarded = new Set(operations.flatMap(protectedOf));
  const named = described.confirm.filter(({ environment }) => guarded.has(environment));
  const unnamed = operations.filter((operation) => {
    const reported = described.targets.filter((target) => target.operation === operation.name);
    const own = new Set([
      operation.name,
      ...[...operation.targets, ...reported].map(({ kind, id }) => `${kind}:${id}`),
    ]);
    return !named.some(({ target, environment }) => own.has(target) && protectedOf(operation).includes(environment));
  });
  const lines = [...named.map(({ text }) => text), ...namesOf(unnamed)].map((line) => inertLine(line, 500));
  return [...new Set(lines)].slice(0, MOST);
}

/** The lines of what is shown; never none where an operation destroys in a protected environment. */
export function linesToType({ confirm, operations }: Pick<Shown, 'confirm' | 'operations'>): readonly string[] {
  return confirm.length > 0 ? confirm : [...new Set(namesOf(operations))].slice(0, MOST);
}

type Acting = Pick<Shown['operations'][number], 'name' | 'effect'> & {
  readonly environments: readonly { readonly slug: string; readonly kind: string }[];
};

/** `environment/operation` for each operation that destroys in a protected environment. */
function namesOf(operations: readonly Acting[]): string[] {
  return operations
    .filter(({ effect }) => effect === 'destroy')
    .flatMap((operation) =>
      protectedOf(operation)
        .slice(0, 1)
        .map((slug) => `${slug}/${operation.name}`),
    )
    .map((line) => inertLine(line, 500));
}

/** The protected environments that an operation reaches: what is shared comes last, since it names no place. */
function protectedOf({ environments }: Pick<Acting, 'environments'>): string[] {
  const slugs = environments.filter(({ kind }) => kind === 'protected').map(({ slug }) => slug);
  return [...slugs.filter((slug) => slug !== SHARED), ...slugs.filter((slug) => slug === SHARED)];
}
