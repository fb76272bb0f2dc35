import type { OutputOf } from '@writ/api';
import { type Decision, defined, inertLine, type Operation, type Reason, type ResolvedOperation } from '@writ/core';
import type { Allowance } from '@writ/store';
import { standingView } from '../allowances/view.ts';
import { endOut } from '../limits/period.ts';
import { hideArguments } from '../record/redact.ts';
import type { Judgement } from './judge.ts';

type Explanation = OutputOf<'self.explain'>;

/** The most items that each list of an explanation shows: the largest documents have thousands of pairs. */
export const MOST = 500;

/** What was judged, as the API shows it. `allowances`: those by which it would pass. */
export function explanationView(
  { operations, decision, code, detail, limits, arrived }: Judgement,
  allowances: readonly Allowance[],
): Explanation {
  return {
    result: decision?.result ?? 'refuse',
    code: code ?? null,
    detail,
    operations: decision === undefined ? [] : operations.slice(0, MOST).map(operationView),
    pairs: (decision?.pairs ?? [])
      .slice(0, MOST)
      .map(({ rules: _, ...pair }) => ({ ...pair, grant_ids: [...pair.grant_ids] })),
    reasons: (decision?.reasons ?? []).slice(0, MOST).map(reasonView),
    missing: missingView(decision),
    limits: limits.map(({ charge: { limit, adds }, used }) => ({ limit, adds, used, ends_at: endOut(limit, arrived) })),
    approve: decision?.approve ?? false,
    hold_minutes: decision?.hold_minutes ?? 0,
    ...defined({ quorum: decision?.quorum }),
    allowances: allowances.map(standingView),
  };
}

function operationView(operation: Operation | ResolvedOperation): Explanation['operations'][number] {
  const { name, effect, base_effect } = operation;
  const resolved = 'environments' in operation ? operation : undefined;
  return {
    name: inertLine(name, 200),
    effect,
    base_effect,
    arguments: { ...hideArguments(operation.arguments, operation.secret_arguments) },
    // A resource's name may be more than the token may read: its id is what the request named.
    targets: (resolved?.targets ?? operation.names ?? [])
      .slice(0, MOST)
      .map(({ kind, id }) => ({ kind, id: inertLine(id, 300) })),
    environments: (resolved?.environments ?? []).map(({ slug }) => slug),
  };
}

/** A reason as the API shows it. */
export function reasonView(reason: Reason): Explanation['reasons'][number] {
  const { operation, effect, environment, rule, link, subject, guardrail, allowed, limit } = reason;
  return {
    operation,
    effect,
    environment,
    rule,
    ...defined({ link, subject, guardrail: guardrail && { ...guardrail }, allowed: allowed && [...allowed], limit }),
  };
}

function missingView(decision: Decision | undefined): Explanation['missing'] {
  return (decision?.missing ?? []).map((detail) => ({
    ...detail,
    environments: [...detail.environments],
    operations: [...detail.operations],
  }));
}
