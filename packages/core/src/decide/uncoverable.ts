/** What can be refused before it is known which environments a call reaches. */

import type { Operation } from '../request/pipeline.ts';
import { firstCompact } from '../scope/compact.ts';
import { DETAIL_TYPE, type Detail, type GrantScope } from '../scope/detail.ts';
import { narrowestSelector } from '../scope/selector.ts';
import { coversArguments, hasExpired, isLive, selecting, selectsOperation } from './cover.ts';
import type { ChainLink, DecideInput, Decision, Reason } from './decision.ts';

/** A call as it is classified, before anything was asked of the provider. `now` in milliseconds since the epoch. */
export interface UncoverableInput extends Pick<DecideInput, 'connection' | 'chain' | 'now'> {
  readonly operations: readonly Operation[];
}

/**
 * Refuses a call that `decide` would refuse in every environment: some link of the chain has no allowance that covers one of
 * its operations in any environment, at any effect it may turn out to have, by its selectors and its conditions on arguments.
 * Undefined where one might. Its reasons name no environment but `*`. Pure; what it refuses costs the provider no question.
 */
export function refuseUncoverable(input: UncoverableInput): Decision | undefined {
  const links = input.chain.map((link) => ({ link, allowed: onceOf(() => firstCompact(liveScopes(input, link))) }));
  const reasons = input.operations.flatMap((operation) => links.flatMap((link) => lackOf(input, operation, link)));
  const [first] = reasons;
  if (first === undefined) return undefined;
  const furthest = reasons.find(({ rule }) => rule === 'operation_not_granted') ?? first;
  return {
    result: 'refuse',
    code: furthest.rule,
    approve: false,
    hold_minutes: 0,
    pairs: [],
    reasons,
    missing: missing(input, reasons),
  };
}

type Lack = Reason & { readonly rule: 'operation_not_granted' | 'argument_not_granted' };

interface AskedLink {
  readonly link: ChainLink;
  /** What it allows, in compact form: made once, and only for a refusal. */
  readonly allowed: () => readonly string[];
}

function lackOf(input: UncoverableInput, operation: Operation, { link: asked, allowed }: AskedLink): Lack[] {
  const { link, subject, allowances } = asked;
  const possible = [operation, ...(operation.raisable ?? []).map((effect) => ({ ...operation, effect }))];
  let rule: Lack['rule'] = 'operation_not_granted';
  for (const one of possible) {
    for (const allowance of selecting(allowances, input.connection, one)) {
      if (hasExpired(allowance, input.now)) continue;
      if (coversArguments(allowance.scope, operation)) return [];
      rule = 'argument_not_granted';
    }
  }
  const { name, effect } = operation;
  return [{ operation: name, effect, environment: '*', rule, link, subject, allowed: allowed() }];
}

function liveScopes(input: UncoverableInput, { allowances }: ChainLink): (Detail | GrantScope)[] {
  return allowances.filter((allowance) => isLive(input, allowance)).map(({ scope }) => scope);
}

function onceOf<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/**
 * Where nothing but the token itself stands in the way: what it would have to name, in all environments where its client's grants do. Which
 * of these environments the call reaches is not known.
 */
function missing(input: UncoverableInput, reasons: readonly Lack[]): Detail[] {
  if (reasons.some(({ link, rule }) => link !== 'token' || rule !== 'operation_not_granted')) return [];
  const lacking = new Set(reasons.map(({ operation, effect }) => `${operation}:${effect}`));
  const operations = input.operations.filter(({ name, effect }) => lacking.has(`${name}:${effect}`));
  const granted = input.chain.filter(({ link }) => link !== 'token').flatMap((link) => liveScopes(input, link));
  const environments = granted
    .filter((scope) => operations.some((operation) => selectsOperation(scope, operation)))
    .flatMap((scope) => scope.environments);
  if (environments.length === 0) return [];
  const selectors = [...new Set(operations.map(narrowestSelector))];
  const named = [...new Set(environments)].sort();
  return [{ type: DETAIL_TYPE, connection: input.connection, environments: named, operations: selectors }];
}
