/** The decision: pure, total, and the only place where a call is allowed (DESIGN 6). */
import { compactScope } from './compact.ts';
import { type Coverage, coverPair, coversEnvironment } from './cover.ts';
import type { Allowance, ChainLink, DecidedPair, DecideInput, Decision, Reason } from './decision.ts';
import { DETAIL_TYPE, type Detail } from './detail.ts';
import type { ErrorCode } from './error.ts';
import { guardPair } from './guard.ts';
import type { ResolvedOperation } from './pipeline.ts';
import { narrowestSelector } from './selector.ts';

const RULE_OF = {
  operation: 'operation_not_granted',
  environment: 'environment_not_granted',
  resource: 'resource_not_granted',
  argument: 'argument_not_granted',
} as const satisfies Record<Exclude<Coverage, 'covered'>, ErrorCode>;

/** Coverage from furthest away to closest, as the codes rank. */
const RANK: readonly Coverage[] = ['operation', 'environment', 'resource', 'argument', 'covered'];

/**
 * Decides a resolved call. Every (operation, environment) pair must be covered, in every link of the chain, by one single
 * allowance; then the strictest guardrail outcome of all pairs is the call's. No pairs, or no chain, is a refusal.
 */
export function decide(input: DecideInput): Decision {
  const pairs: DecidedPair[] = [];
  const reasons: Reason[] = [];
  for (const operation of input.operations) {
    if (operation.environments.length === 0) return refuseEmpty(operation);
    for (const environment of operation.environments) {
      pairs.push(decidePair(input, operation, environment, reasons));
    }
  }
  if (pairs.length === 0 || input.chain.length === 0) return refuseEmpty(undefined);
  return combine(input, pairs, reasons);
}

function decidePair(
  input: DecideInput,
  operation: ResolvedOperation,
  environment: ResolvedOperation['environments'][number],
  reasons: Reason[],
): DecidedPair {
  const grantIds: string[] = [];
  const before = reasons.length;
  for (const link of input.chain) {
    const lacking = coverLink(input, link, operation, environment.slug, grantIds);
    if (lacking !== 'covered') reasons.push(lackReason(input, link, operation, environment.slug, RULE_OF[lacking]));
  }
  const covered = reasons.length === before;
  const guarded = guardPair(input.guardrails, input.connection, operation, environment);
  if (covered && guarded.outcome !== 'allow') {
    const [guardrail] = guarded.rules;
    reasons.push({
      ...pairOf(operation, environment.slug),
      rule: 'guardrail',
      ...(guardrail === undefined ? {} : { guardrail }),
    });
  }
  return {
    ...pairOf(operation, environment.slug),
    covered,
    grant_ids: grantIds,
    outcome: guarded.outcome,
    approve: guarded.approve,
    hold_minutes: guarded.hold_minutes,
  };
}

/** The closest that any one allowance of the link comes to covering the pair. */
function coverLink(
  input: DecideInput,
  link: ChainLink,
  operation: ResolvedOperation,
  environment: string,
  grantIds: string[],
): Coverage {
  let closest: Coverage = 'operation';
  for (const allowance of link.allowances) {
    if (!isLive(input, allowance)) continue;
    const coverage = coverPair(allowance.scope, operation, environment);
    if (coverage === 'covered') {
      if (allowance.grant_id !== undefined) grantIds.push(allowance.grant_id);
      return coverage;
    }
    if (RANK.indexOf(coverage) > RANK.indexOf(closest)) closest = coverage;
  }
  return closest;
}

function isLive(input: DecideInput, allowance: Allowance): boolean {
  return (
    allowance.scope.connection === input.connection &&
    (allowance.expires_at === undefined || input.now < allowance.expires_at)
  );
}

function pairOf(operation: ResolvedOperation, environment: string) {
  return { operation: operation.name, effect: operation.effect, environment };
}

function lackReason(
  input: DecideInput,
  link: ChainLink,
  operation: ResolvedOperation,
  environment: string,
  rule: Reason['rule'],
): Reason {
  const live = link.allowances.filter((allowance) => isLive(input, allowance));
  const there = live.filter((allowance) => coversEnvironment(allowance.scope, environment));
  const allowed = (there.length > 0 ? there : live).flatMap((allowance) => compactScope(allowance.scope));
  return {
    ...pairOf(operation, environment),
    rule,
    link: link.link,
    subject: link.subject,
    allowed: [...new Set(allowed)].slice(0, 20),
  };
}

function refuseEmpty(operation: ResolvedOperation | undefined): Decision {
  const reason: Reason = {
    operation: operation?.name ?? '',
    effect: operation?.effect ?? 'escalate',
    environment: '',
    rule: 'no_pairs',
  };
  return {
    result: 'refuse',
    code: 'environment_unresolved',
    approve: false,
    hold_minutes: 0,
    pairs: [],
    reasons: [reason],
    missing: [],
  };
}

function combine(input: DecideInput, pairs: readonly DecidedPair[], reasons: readonly Reason[]): Decision {
  const approve = pairs.some((pair) => pair.approve);
  const hold_minutes = pairs.reduce((most, pair) => Math.max(most, pair.hold_minutes), 0);
  const base = { approve, hold_minutes, pairs, reasons, missing: [] };
  if (pairs.some((pair) => !pair.covered)) {
    return { ...base, result: 'refuse', code: worstLack(reasons), missing: missingDetails(input, pairs) };
  }
  if (pairs.some((pair) => pair.outcome === 'deny')) return { ...base, result: 'refuse', code: 'guardrail_denied' };
  if (approve) return { ...base, result: 'wait', code: 'approval_required' };
  if (hold_minutes > 0) return { ...base, result: 'wait', code: 'held' };
  return { ...base, result: 'allow' };
}

/** The code for a call that is not covered: the furthest lack, since nearer ones would only come up after it. */
function worstLack(reasons: readonly Reason[]): ErrorCode {
  const rules = Object.values(RULE_OF);
  return rules.find((rule) => reasons.some((reason) => reason.rule === rule)) ?? 'operation_not_granted';
}

/** One detail for each set of environments: the operations that lack coverage there, each by its narrowest selector. */
function missingDetails(input: DecideInput, pairs: readonly DecidedPair[]): readonly Detail[] {
  const bySelector = new Map<string, Set<string>>();
  for (const operation of input.operations) {
    const lacking = pairs.filter(
      (pair) => !pair.covered && pair.operation === operation.name && pair.effect === operation.effect,
    );
    if (lacking.length === 0) continue;
    const environments = bySelector.get(narrowestSelector(operation)) ?? new Set<string>();
    for (const pair of lacking) environments.add(pair.environment);
    bySelector.set(narrowestSelector(operation), environments);
  }
  const byEnvironments = new Map<string, { environments: string[]; operations: string[] }>();
  for (const [selector, set] of bySelector) {
    const environments = [...set].sort();
    const group = byEnvironments.get(environments.join('/')) ?? { environments, operations: [] };
    group.operations.push(selector);
    byEnvironments.set(environments.join('/'), group);
  }
  return [...byEnvironments.values()].map((group) => ({ type: DETAIL_TYPE, connection: input.connection, ...group }));
}
