/** The outcome of the guardrails for one pair (model#guardrail). */

import { onceFor } from '../once-for.ts';
import type { ReachedEnvironment } from '../request/pipeline.ts';
import type { EnvironmentKind } from '../scope/environment.ts';
import type { Guardrail, Outcome, When } from '../scope/guardrail.ts';
import { parseSelector, restricts, type SelectedOperation, type Selector, selects } from '../scope/selector.ts';
import { type ConditionedCall, type Standing, standingOf } from './when.ts';

/** The outcome for a pair. `rules` are the guardrails that decided. */
export interface GuardedPair {
  readonly outcome: Outcome;
  readonly approve: boolean;
  readonly hold_minutes: number;
  /** How many people must say yes, where it is more than one. */
  readonly quorum?: number;
  readonly rules: readonly Guardrail[];
}

interface CompiledRule {
  readonly rule: Guardrail;
  readonly selector: Selector;
  readonly slug: boolean;
}

const KINDS: readonly string[] = ['protected', 'ephemeral', 'other'] satisfies EnvironmentKind[];

const compile = onceFor((guardrails: readonly Guardrail[]): readonly CompiledRule[] =>
  guardrails.map((rule) => ({
    rule,
    selector: parseSelector(rule.operations),
    slug: !KINDS.includes(rule.environments),
  })),
);

/** An operation as guardrails look at it. Without arguments and targets, every rule with `when` counts as strictly as it can. */
export type GuardedOperation = SelectedOperation & ConditionedCall;

/**
 * Judges one pair. Rules add up and the strictest wins. But if there are rules that name exactly this operation (at its catalogued effect,
 * or at an effect they spell out) and exactly this environment, only they decide: this is the one way to loosen (model#guardrail). A rule
 * that tightens and names no effect holds at every effect, since somebody who forbids an operation does not mean its mild form only. Such a
 * rule therefore counts too if it names exactly this operation and environment. Without any rule the pair is denied.
 *
 * A rule with `when` that tightens counts unless the call is plainly outside its conditions; it loosens, by deciding alone or as an
 * `allow`, only where the call is plainly inside them (model#when). `stands` tells how; by
 * default the call's own arguments and targets do.
 */
export function guardPair(
  guardrails: readonly Guardrail[],
  connection: string,
  operation: GuardedOperation,
  environment: ReachedEnvironment,
  stands: (when: When) => Standing = (when) => standingOf(operation, when),
): GuardedPair {
  const applying: Guardrail[] = [];
  const precise: Guardrail[] = [];
  const beside: Guardrail[] = [];
  for (const { rule, selector, slug } of compile(guardrails)) {
    if (rule.connection !== undefined && rule.connection !== connection) continue;
    if (rule.environments !== (slug ? environment.slug : environment.kind)) continue;
    if (!applies(rule, selector, operation)) continue;
    const standing = rule.when === undefined ? 'inside' : stands(rule.when);
    if (standing === 'outside' || (standing === 'unclear' && rule.outcome === 'allow')) continue;
    const isPrecise = slug && selector.exact;
    if (isPrecise && standing === 'inside' && selects(selector, operation)) {
      precise.push(rule);
      continue;
    }
    applying.push(rule);
    if (isPrecise) beside.push(rule);
  }
  return strictest(precise.length > 0 ? [...precise, ...beside] : applying);
}

function applies(rule: Guardrail, selector: Selector, operation: SelectedOperation): boolean {
  return rule.outcome === 'allow' ? selects(selector, operation) : restricts(selector, operation);
}

/** A place that a rule may speak of: one operation in one environment, of a connection or of any. */
export interface GuardedPlace {
  readonly connection?: string | undefined;
  readonly operation: SelectedOperation;
  readonly environment: Pick<ReachedEnvironment, 'slug' | 'kind'>;
}

/** Tells whether a rule restricts an operation in an environment, under whatever conditions. */
export function restrictsAt(rule: Guardrail, { connection, operation, environment }: GuardedPlace): boolean {
  const isElsewhere = rule.connection !== undefined && connection !== undefined && rule.connection !== connection;
  if (isElsewhere || rule.outcome === 'allow') return false;
  const place = KINDS.includes(rule.environments) ? environment.kind : environment.slug;
  return rule.environments === place && restricts(parseSelector(rule.operations), operation);
}

function strictest(rules: readonly Guardrail[]): GuardedPair {
  const denying = rules.filter((rule) => rule.outcome === 'deny');
  if (denying.length > 0 || rules.length === 0)
    return { outcome: 'deny', approve: false, hold_minutes: 0, rules: denying };
  const approve = rules.some((rule) => rule.outcome === 'approve');
  const hold_minutes = rules.reduce((most, rule) => Math.max(most, rule.hold_minutes ?? 0), 0);
  const quorum = largestQuorum(rules);
  const outcome = hold_minutes > 0 ? 'hold' : approve ? 'approve' : 'allow';
  const deciding = outcome === 'allow' ? rules : rules.filter((rule) => rule.outcome !== 'allow');
  return { outcome, approve, hold_minutes, ...(quorum !== undefined && { quorum }), rules: deciding };
}

/** The largest quorum of rules or pairs; undefined where one yes is enough. */
export function largestQuorum(all: readonly { readonly quorum?: number | undefined }[]): number | undefined {
  const most = all.reduce((largest, { quorum = 1 }) => Math.max(largest, quorum), 1);
  return most > 1 ? most : undefined;
}
