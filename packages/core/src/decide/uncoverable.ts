/** The refusal of calls before it is known which environments they reach. */

import type { Operation } from '../request/pipeline.ts';
import { firstCompact } from '../scope/compact.ts';
import { DETAIL_TYPE, type Detail, type GrantScope } from '../scope/detail.ts';
import { narrowestSelector } from '../scope/selector.ts';
import { coversArguments, hasExpired, isLive, selecting, selectsOperation } from './cover.ts';
import type { ChainLink, DecideInput, Decision, Reason } from './decision.ts';

/** A classified call, before the provider was asked anything. `now` in milliseconds since the epoch. */
export interface UncoverableInput extends Pick<DecideInput, 'connection' | 'chain' | 'now'> {
  readonly operations: readonly Operation[];
}

/**
 * Refuses a call that `decide` would refuse in every environment: for one of its operations some link of the chain has no allowance whose
 * selectors and conditions on arguments cover it, in any environment and at any effect it may get. Returns undefined if that is not
 * certain. The reasons name the environment `*`. Pure; a refused call costs the provider no question.
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
  /** Returns what the link allows, in compact form. Computed once, and only for a refusal. */
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
 * Returns the details that the token would need, if only the token does not cover the call; in all environments where the client's grants
 * do. It is not known which of these environments the call reaches.
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
