import type { Detail, GrantScope } from './detail.ts';

/** A grant as people write it: `connection/environment/selector`, split at the first two slashes (model#grant). */
export interface Compact {
  readonly connection: string;
  readonly environment: string;
  readonly operation: string;
}

/** Reads `acme/staging/domain*`; undefined if a part is missing. */
export function parseCompact(text: string): Compact | undefined {
  const first = text.indexOf('/');
  const second = text.indexOf('/', first + 1);
  if (first < 1 || second <= first + 1 || second === text.length - 1) return undefined;
  return {
    connection: text.slice(0, first),
    environment: text.slice(first + 1, second),
    operation: text.slice(second + 1),
  };
}

/** Writes a scope in compact form, one line for each environment and selector, without its connection: `staging/*:read`. */
export function compactScope(scope: Detail | GrantScope): string[] {
  return scope.environments.flatMap((environment) =>
    scope.operations.map((operation) => `${environment}/${operation}`),
  );
}

const MOST_LINES = 20;

/** Returns the first twenty different lines of several scopes in compact form; a person does not read more. */
export function firstCompact(scopes: readonly (Detail | GrantScope)[]): readonly string[] {
  const lines = new Set<string>();
  for (const { environments, operations } of scopes) {
    for (const environment of environments) {
      for (const operation of operations) {
        lines.add(`${environment}/${operation}`);
        if (lines.size === MOST_LINES) return [...lines];
      }
    }
  }
  return [...lines];
}
