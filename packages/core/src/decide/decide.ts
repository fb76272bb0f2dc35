/** The decision: pure, total, and the only place where a call is allowed (model#decision). */

import type { ErrorCode } from '../errors/error.ts';
import type { ResolvedOperation } from '../request/pipeline.ts';
import { firstCompact } from '../scope/compact.ts';
import { DETAIL_TYPE, type Detail } from '../scope/detail.ts';
import { narrowestSelector } from '../scope/selector.ts';
import {
  type Coverage,
  closer,
  coverageWithin,
  coverOperation,
  coversEnvironment,
  hasExpired,
  isLive,
  selecting,
} from './cover.ts';
import type { Allowance, ChainLink, DecidedPair, DecideInput, Decision, Reason } from './decision.ts';
import { guardPair, largestQuorum } from './guard.ts';
import { withLimits } from './limits.ts';

const RULE_OF = {
  operation: 'operation_not_granted',
  environment: 'environment_not_granted',
  resource: 'resource_not_granted',
  argument: 'argument_not_granted',
} as const satisfies Record<Exclude<Coverage, 'covered'>, ErrorCode>;

/**
 * Decides a resolved call. Every (operation, environment) pair must be covered, in every link of the chain, by one single allowance. The
 * outcome is then that of the strictest guardrail over all pairs. A call without pairs or without a chain is refused.
 */
export function decide(input: DecideInput): Decision {
  const pairs: DecidedPair[] = [];
  const reasons: Reason[] = [];
  const links = input.chain.map((link) => new Link(link, input));
  for (const operation of input.operations) {
    if (operation.environments.length === 0) return refuseEmpty(operation);
    const withCandidates = links.map((link) => ({ link, candidates: link.candidates(operation) }));
    for (const environment of operation.environments) {
      pairs.push(decidePair({ input, links: withCandidates, reasons }, operation, environment));
    }
  }
  if (pairs.length === 0 || input.chain.length === 0) return refuseEmpty(undefined);
  return withLimits(input, combine(input, pairs, reasons));
}

/** The coverage of an operation in the environments that an allowance names. */
type CoverageThere = ReturnType<typeof coverOperation>;

/**
 * The allowances of a link that select one operation. Everything that is equal in all environments is computed once, and only when it is
 * needed: a call may have hundreds of operations, each in dozens of environments.
 */
class Candidates {
  readonly #allowances: readonly Allowance[];
  readonly #operation: ResolvedOperation;
  readonly #now: number;
  readonly #coverage: CoverageThere[] = [];

  constructor(allowances: readonly Allowance[], operation: ResolvedOperation, now: number) {
    this.#allowances = allowances;
    this.#operation = operation;
    this.#now = now;
  }

  /** Returns the best coverage by one of them in the environment. Adds the grant of a covering allowance to `grantIds`. */
  closest(environment: string, grantIds: string[]): Coverage {
    let found: Coverage = 'operation';
    for (let index = 0; index < this.#allowances.length; index += 1) {
      const allowance = this.#allowances[index];
      if (allowance === undefined || hasExpired(allowance, this.#now)) continue;
      const there = coversEnvironment(allowance.scope, environment) ? this.#there(index, allowance) : 'environment';
      const coverage = there === 'covered' ? this.#within(allowance, environment) : there;
      if (coverage === 'covered') {
        if (allowance.grant_id !== undefined) grantIds.push(allowance.grant_id);
        return coverage;
      }
      found = closer(found, coverage);
    }
    return found;
  }

  /** What bounds the allowance besides its own scope. */
  #within({ scope: { connection }, within }: Allowance, environment: string): Coverage {
    if (within === undefined) return 'covered';
    return coverageWithin(within, { connection, environment, operation: this.#operation });
  }

  #there(index: number, { scope }: Allowance): CoverageThere {
    const known = this.#coverage[index];
    if (known !== undefined) return known;
    const coverage = coverOperation(scope, this.#operation);
    this.#coverage[index] = coverage;
    return coverage;
  }
}

/** A link of the chain, for one call. */
class Link {
  readonly #link: ChainLink;
  readonly #input: Pick<DecideInput, 'connection' | 'now'>;
  readonly #allowed = new Map<string, readonly string[]>();
  #live: readonly Allowance[] | undefined;

  constructor(link: ChainLink, input: Pick<DecideInput, 'connection' | 'now'>) {
    this.#link = link;
    this.#input = input;
  }

  candidates(operation: ResolvedOperation): Candidates {
    const { connection, now } = this.#input;
    return new Candidates(selecting(this.#link.allowances, connection, operation), operation, now);
  }

  /**
   * Returns the link's name and what it allows in an environment, or anywhere if it allows nothing there: for the sentence a person reads.
   */
  lacking(environment: string): Pick<Reason, 'link' | 'subject' | 'allowed'> {
    const { link, subject } = this.#link;
    const allowed = this.#allowed.get(environment) ?? this.#allowedIn(environment);
    this.#allowed.set(environment, allowed);
    return { link, subject, allowed };
  }

  #allowedIn(environment: string): readonly string[] {
    this.#live ??= this.#link.allowances.filter((allowance) => isLive(this.#input, allowance));
    const there = this.#live.filter(({ scope }) => coversEnvironment(scope, environment));
    return firstCompact((there.length > 0 ? there : this.#live).map(({ scope }) => scope));
  }
}

interface Progress {
  readonly input: DecideInput;
  readonly links: readonly { readonly link: Link; readonly candidates: Candidates }[];
  readonly reasons: Reason[];
}

function decidePair(
  { input, links, reasons }: Progress,
  operation: ResolvedOperation,
  environment: ResolvedOperation['environments'][number],
): DecidedPair {
  const pair = pairOf(operation, environment.slug);
  const grantIds: string[] = [];
  const before = reasons.length;
  for (const { link, candidates } of links) {
    const coverage = candidates.closest(environment.slug, grantIds);
    if (coverage === 'covered') continue;
    reasons.push({ ...pair, rule: RULE_OF[coverage], ...link.lacking(environment.slug) });
  }
  const covered = reasons.length === before;
  const guarded = guardPair(input.guardrails, input.connection, operation, environment);
  if (covered && guarded.outcome !== 'allow') {
    const [guardrail] = guarded.rules;
    reasons.push({ ...pair, rule: 'guardrail', ...(guardrail !== undefined && { guardrail }) });
  }
  return { ...pair, covered, grant_ids: grantIds, ...guarded };
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
  const quorum = largestQuorum(pairs);
  const base = { approve, hold_minutes, ...(quorum !== undefined && { quorum }), pairs, reasons, missing: [] };
  if (pairs.some((pair) => !pair.covered)) {
    return { ...base, result: 'refuse', code: worstLack(reasons), missing: missingDetails(input, pairs) };
  }
  if (pairs.some((pair) => pair.outcome === 'deny')) return { ...base, result: 'refuse', code: 'guardrail_denied' };
  if (approve) return { ...base, result: 'wait', code: 'approval_required' };
  if (hold_minutes > 0) return { ...base, result: 'wait', code: 'held' };
  return { ...base, result: 'allow' };
}

/** Returns the code for a call that is not covered: that of the furthest lack, since it must be solved before nearer ones matter. */
function worstLack(reasons: readonly Reason[]): ErrorCode {
  const rules = Object.values(RULE_OF);
  return rules.find((rule) => reasons.some((reason) => reason.rule === rule)) ?? 'operation_not_granted';
}

/**
 * Returns one detail for each set of environments: the operations that are not covered there, each by its narrowest selector. `pairs` are
 * in the order of the operations.
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
