/** The limits of grants (model#limit): what a call counts against them. How much of them is used is for the database to say. */
import { defined } from '../defined.ts';
import { digestOf } from '../json/digest.ts';
import { valuesAt } from '../json/dotted-path.ts';
import { onceFor } from '../once-for.ts';
import type { ResolvedOperation } from '../request/pipeline.ts';
import { type Limit, measureOf, mostOf } from '../scope/limit.ts';
import { parseSelector, restricts } from '../scope/selector.ts';
import { coverOperation, coversEnvironment, isLive, selectsOperation } from './cover.ts';
import type { Allowance, ChainLink, DecideInput, Decision, LimitCharge, LimitUsed, Reason } from './decision.ts';

/** A limit with the key of what it counts. */
interface KeyedLimit {
  readonly key: string;
  readonly limit: Limit;
}

/** The limits of a scope with their keys, made once: a scope object is kept as long as it is in force, and every call uses it. */
const limitsIn = onceFor((scope: Allowance['scope']): readonly KeyedLimit[] => {
  const limits = 'limits' in scope ? (scope.limits ?? []) : [];
  return limits.map((limit) => ({ key: limitKey(scope.connection, limit), limit }));
});

/** The grants of a list that have limits: for most clients none. */
const limited = onceFor((allowances: readonly Allowance[]) =>
  allowances.filter(({ scope }) => limitsIn(scope).length > 0),
);

/**
 * Adds to a decision what the call counts against limits. Every limit of every grant counts that covers the call in one of the environments
 * it reaches, whichever grant covered it first. A call in which something cannot be counted is refused.
 */
export function withLimits(input: DecideInput, decision: Decision): Decision {
  const links = input.chain.filter(({ link, allowances }) => link === 'grants' && limited(allowances).length > 0);
  if (decision.result === 'refuse' || links.length === 0) return decision;
  const charges = new Map<string, LimitCharge>();
  const reasons: Reason[] = [];
  for (const link of links) {
    for (const operation of input.operations) {
      for (const { key, limit } of limitsOf(input, link, operation)) {
        const adds = amountFor(operation, limit);
        if (adds === undefined) reasons.push(reasonOf(operation, 'limit_uncountable', limit));
        else charge(charges, { client_id: link.subject, key, limit, adds, operation });
      }
    }
  }
  if (reasons.length > 0) return refusing(decision, 'argument_not_granted', reasons);
  return charges.size === 0 ? decision : { ...decision, limits: [...charges.values()] };
}

/** The limits that an operation counts against, each meaning once: of two that mean the same, the narrower. */
function limitsOf(input: DecideInput, link: ChainLink, operation: ResolvedOperation): Iterable<KeyedLimit> {
  const found = new Map<string, KeyedLimit>();
  const covering = limited(link.allowances).filter(
    (allowance) => isLive(input, allowance) && coversSomewhere(allowance, operation),
  );
  for (const one of covering.flatMap(({ scope }) => limitsIn(scope))) {
    if (!restricts(parseSelector(one.limit.operations), operation)) continue;
    const known = found.get(one.key);
    if (known === undefined || mostOf(one.limit) < mostOf(known.limit)) found.set(one.key, one);
  }
  return found.values();
}

function coversSomewhere({ scope }: Allowance, operation: ResolvedOperation): boolean {
  return (
    selectsOperation(scope, operation) &&
    operation.environments.some(({ slug }) => coversEnvironment(scope, slug)) &&
    coverOperation(scope, operation) === 'covered'
  );
}

/**
 * The key of what a limit counts: its meaning without how much of it is let through, so that its counts stay when a grant is edited, deleted
 * or made anew. Hex.
 */
export function limitKey(connection: string, limit: Limit): string {
  const { operations, per } = limit;
  return digestOf({ connection, operations, per, ...defined({ sum: measureOf(limit) }) });
}

/** What an operation adds to a limit; undefined where its argument is not whole, not exact, negative, absent or of another type. */
function amountFor(operation: ResolvedOperation, limit: Limit): number | undefined {
  const path = measureOf(limit);
  if (path === undefined) return 1;
  let sum = 0;
  for (const value of valuesAt(operation.arguments, path, 'exact')) {
    if (typeof value !== 'number' || value < 0 || !Number.isSafeInteger(value)) return undefined;
    sum += value;
  }
  // A sum that is too large to be exact is more than any limit.
  return sum;
}

function charge(charges: Map<string, LimitCharge>, one: LimitCharge & { readonly operation: ResolvedOperation }): void {
  const key = `${one.client_id} ${one.key}`;
  const known = charges.get(key);
  const limit = known !== undefined && mostOf(known.limit) < mostOf(one.limit) ? known.limit : one.limit;
  const { name, effect } = one.operation;
  charges.set(key, { ...one, limit, adds: one.adds + (known?.adds ?? 0), operation: { name, effect } });
}

function reasonOf(operation: LimitCharge['operation'], rule: Reason['rule'], limit: Limit): Reason {
  return { operation: operation.name, effect: operation.effect, environment: '*', rule, limit };
}

function refusing(decision: Decision, code: NonNullable<Decision['code']>, reasons: readonly Reason[]): Decision {
  return { ...decision, result: 'refuse', code, reasons };
}

/** The decision on a call for which not enough is left of a limit (rule `limit_reached`). */
export function refuseReached(
  decision: Decision,
  { charge: { operation, limit }, used }: { readonly charge: LimitCharge; readonly used: LimitUsed },
): Decision {
  return refusing(decision, 'operation_not_granted', [{ ...reasonOf(operation, 'limit_reached', limit), used }]);
}
