import {
  environmentKindSchema,
  type Guardrail,
  inertLine,
  matchesName,
  nearest,
  parseSelector,
  SHARED,
  TARGET_ID,
  TARGET_NAME,
} from '@writ/core';
import type { Problem } from '../validation.ts';
import { type GuardedConnection, YET_TO_COME } from './facts.ts';
import { without } from './loosening.ts';

/** What rules are checked against. Rules that are in force already may name something that is gone: it may come back. */
interface Known {
  readonly connections: readonly GuardedConnection[];
  readonly standing: readonly Guardrail[];
}

/**
 * Lists what is wrong with each new rule: an environment, a connection, an operation or an argument that does not exist, or an `allow`
 * that is too wide.
 */
export function checkGuardrails(rules: readonly Guardrail[], { connections, standing }: Known): Problem[] {
  const added = new Set(without(rules, standing));
  return rules.flatMap((rule, index) => {
    if (!added.has(rule)) return [];
    const at = (problem: Problem): Problem => ({ ...problem, field: `items.${index}.${problem.field}` });
    const concerned = connections.filter(({ slug }) => rule.connection === undefined || rule.connection === slug);
    const problems = [
      checkConnection(rule, connections),
      checkEnvironment(rule, concerned),
      checkOperations(rule, concerned),
      ...checkWidth(rule, concerned),
      ...checkWhen(rule, concerned),
    ];
    return problems.filter((problem) => problem !== undefined).map(at);
  });
}

function checkConnection({ connection }: Guardrail, connections: readonly GuardedConnection[]): Problem | undefined {
  const slugs = connections.map(({ slug }) => slug).filter((slug) => slug !== YET_TO_COME);
  if (connection === undefined || slugs.includes(connection)) return undefined;
  return {
    field: 'connection',
    problem: 'names no connection',
    found: connection,
    suggest: () => nearest(connection, slugs),
  };
}

function checkEnvironment({ environments }: Guardrail, concerned: readonly GuardedConnection[]): Problem | undefined {
  if (isKind(environments)) return undefined;
  const slugs = concerned
    .flatMap((one) => one.environments.map(({ slug }) => slug))
    .filter((slug) => slug !== YET_TO_COME);
  if (environments === SHARED || slugs.includes(environments)) return undefined;
  const known = [...slugs, SHARED, ...environmentKindSchema.options];
  return {
    field: 'environments',
    problem: 'names no environment',
    found: environments,
    suggest: () => nearest(environments, known),
  };
}

function checkOperations({ operations }: Guardrail, concerned: readonly GuardedConnection[]): Problem | undefined {
  const selector = parseSelector(operations);
  const names = new Set(concerned.flatMap((one) => one.operations.map(({ name }) => name)));
  if ([...names].some((name) => matchesName(selector, name))) return undefined;
  const problem = selector.exact ? 'names no operation' : 'reaches no operation';
  return { field: 'operations', problem, found: operations, suggest: () => nearest(selector.pattern, names) };
}

/** An `allow` only ever loosens, and does so only where it names one operation in one environment (model#guardrail). */
function checkWidth(rule: Guardrail, concerned: readonly GuardedConnection[]): Problem[] {
  if (rule.outcome !== 'allow') return [];
  const problems: Problem[] = [];
  if (isKind(rule.environments)) {
    problems.push({
      field: 'environments',
      problem: 'must name one environment in a rule that allows',
      found: rule.environments,
    });
  }
  if (!parseSelector(rule.operations).exact) {
    problems.push({
      field: 'operations',
      problem: 'must name one operation, without *, in a rule that allows',
      found: rule.operations,
    });
  }
  const having = concerned.filter((one) => one.environments.some(({ slug }) => slug === rule.environments));
  const named = having.filter(({ slug }) => slug !== YET_TO_COME);
  if (rule.connection === undefined && named.length > 1) {
    const slugs = named.map(({ slug }) => slug).join(', ');
    problems.push({
      field: 'connection',
      problem: `must be named in a rule that allows: ${rule.environments} is in ${slugs}`,
    });
  }
  return problems;
}

/** A path that no operation of the rule has would never be met: the rule would guard everything, or loosen nothing. */
function checkWhen({ operations, when = {} }: Guardrail, concerned: readonly GuardedConnection[]): Problem[] {
  const selector = parseSelector(operations);
  const paths = Object.keys(when).filter((path) => path !== TARGET_ID && path !== TARGET_NAME);
  const isKnown = (path: string): boolean =>
    concerned.some((one) =>
      one.operations.some(({ name }) => matchesName(selector, name) && one.hasArgument(name, path)),
    );
  const known = concerned.flatMap((one) => one.operations).filter(({ name }) => matchesName(selector, name));
  return paths
    .filter((path) => !isKnown(path))
    .map((path) => ({
      field: `when.${path}`,
      problem: `is neither an argument of ${operations} nor one of ${TARGET_NAME}, ${TARGET_ID}`,
      found: inertLine(path, 200),
      suggest: () => nearest(path, [TARGET_NAME, TARGET_ID, ...known.flatMap((one) => one.arguments ?? [])]),
    }));
}

function isKind(environments: string): boolean {
  return environmentKindSchema.safeParse(environments).success;
}
