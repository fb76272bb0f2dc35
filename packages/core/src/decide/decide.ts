/** The decision: pure, total, and the only place where a call is allowed (model#decision). */

import type { ErrorCode } from '../errors/error.ts';
import type { ResolvedOperation } from '../request/pipeline.ts';
import { firstCompact } from '../scope/compact.ts';
import { DETAIL_TYPE, type Detail } from '../scope/detail.ts';
import { narrowestSelector } from '../scope/selector.ts';
import { type Coverage, coverOperation, coversEnvironment, isLive } from './cover.ts';
import type { Allowance, ChainLink, DecidedPair, DecideInput, Decision, Reason } from './decision.ts';
import { guardPair } from './guard.ts';

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
  const links = input.chain.map((link) => new Link(link, input));
  for (const operation of input.operations) {
    if (operation.environments.length === 0) return refuseEmpty(operation);
    const standing = links.map((link) => ({ link, candidates: link.candidates(operation) }));
    for (const environment of operation.environments) {
      pairs.push(decidePair({ input, standing, reasons }, operation, environment));
    }
  }
  if (pairs.length === 0 || input.chain.length === 0) return refuseEmpty(undefined);
  return combine(input, pairs, reasons);
}

/** An allowance that selects the operation, and what it still lacks to cover it in the environments it names. */
interface Candidate {
  readonly allowance: Allowance;
  readonly coverage: Exclude<Coverage, 'environment' | 'operation'>;
}

/**
 * A link of the chain with its live allowances. What does not differ between environments is worked out once, not for each pair: a
 * call may have hundreds of operations, each in dozens of environments.
 */
class Link {
  readonly link: ChainLink['link'];
  readonly subject: string;
  readonly #live: readonly Allowance[];
  readonly #allowed = new Map<string, readonly string[]>();

  constructor({ link, subject, allowances }: ChainLink, input: Pick<DecideInput, 'connection' | 'now'>) {
    this.link = link;
    this.subject = subject;
    this.#live = allowances.filter((allowance) => isLive(input, allowance));
  }

  candidates(operation: ResolvedOperation): readonly Candidate[] {
    const found: Candidate[] = [];
    for (const allowance of this.#live) {
      const coverage = coverOperation(allowance.scope, operation);
      if (coverage !== 'operation') found.push({ allowance, coverage });
    }
    return found;
  }

  /** What it allows in an environment; if that is nothing, what it allows anywhere. For the sentence a person reads. */
  allowedIn(environment: string): readonly string[] {
    const known = this.#allowed.get(environment);
    if (known !== undefined) return known;
    const there = this.#live.filter((allowance) => coversEnvironment(allowance.scope, environment));
    const allowed = firstCompact((there.length > 0 ? there : this.#live).map(({ scope }) => scope));
    this.#allowed.set(environment, allowed);
    return allowed;
  }
}

interface Progress {
  readonly input: DecideInput;
  readonly standing: readonly { readonly link: Link; readonly candidates: readonly Candidate[] }[];
  readonly reasons: Reason[];
}

function decidePair(
  { input, standing, reasons }: Progress,
  operation: ResolvedOperation,
  environment: ResolvedOperation['environments'][number],
): DecidedPair {
  const pair = pairOf(operation, environment.slug);
  const grantIds: string[] = [];
  const before = reasons.length;
  for (const { link, candidates } of standing) {
    const coverage = closest(candidates, environment.slug, grantIds);
    if (coverage === 'covered') continue;
    const { subject } = link;
    reasons.push({
      ...pair,
      rule: RULE_OF[coverage],
      link: link.link,
      subject,
      allowed: link.allowedIn(environment.slug),
    });
  }
  const covered = reasons.length === before;
  const guarded = guardPair(input.guardrails, input.connection, operation, environment);
  if (covered && guarded.outcome !== 'allow') {
    const [guardrail] = guarded.rules;
    reasons.push({ ...pair, rule: 'guardrail', ...(guardrail === undefined ? {} : { guardrail }) });
  }
  const { outcome, approve, hold_minutes } = guarded;
  return { ...pair, covered, grant_ids: grantIds, outcome, approve, hold_minutes };
}

/** The closest that any one candidate comes to covering the operation in the environment. */
function closest(candidates: readonly Candidate[], environment: string, grantIds: string[]): Coverage {
  let found: Coverage = 'operation';
  for (const { allowance, coverage: there } of candidates) {
    const coverage = coversEnvironment(allowance.scope, environment) ? there : 'environment';
    if (coverage === 'covered') {
      if (allowance.grant_id !== undefined) grantIds.push(allowance.grant_id);
      return coverage;
    }
    if (RANK.indexOf(coverage) > RANK.indexOf(found)) found = coverage;
  }
  return found;
}

function pairOf(operation: ResolvedOperation, environment: string) {
  return { operation: operation.name, effect: operation.effect, environment };
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

/**
 * One detail for each set of environments: the operations that lack coverage there, each by its narrowest selector. The pairs are in the
 * order of the operations.
 */
function missingDetails(input: DecideInput, pairs: readonly DecidedPair[]): readonly Detail[] {
  const bySelector = new Map<string, Set<string>>();
  let at = 0;
  for (const operation of input.operations) {
    const own = pairs.slice(at, at + operation.environments.length);
    at += own.length;
    const lacking = own.filter((pair) => !pair.covered);
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
