/** What can be refused before it is known which environments a call reaches. */

import type { Operation } from '../request/pipeline.ts';
import { firstCompact } from '../scope/compact.ts';
import { DETAIL_TYPE, type Detail, type GrantScope } from '../scope/detail.ts';
import { narrowestSelector } from '../scope/selector.ts';
import { coversArguments, isLive, selectsOperation } from './cover.ts';
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
  const links = input.chain.map((link) => {
    const live = link.allowances.filter((allowance) => isLive(input, allowance)).map(({ scope }) => scope);
    return { link, live, allowed: firstCompact(live) };
  });
  const reasons = input.operations.flatMap((operation) => links.flatMap((link) => lackOf(operation, link)));
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

interface LiveLink {
  readonly link: ChainLink;
  /** The scopes of its live allowances. */
  readonly live: readonly (Detail | GrantScope)[];
  readonly allowed: readonly string[];
}

function lackOf(operation: Operation, { link, live, allowed }: LiveLink): Lack[] {
  const possible = [operation, ...(operation.raisable ?? []).map((effect) => ({ ...operation, effect }))];
  const selecting = live.filter((scope) => possible.some((one) => selectsOperation(scope, one)));
  if (selecting.some((scope) => coversArguments(scope, operation))) return [];
  const rule = selecting.length === 0 ? 'operation_not_granted' : 'argument_not_granted';
  const { name, effect } = operation;
  return [{ operation: name, effect, environment: '*', rule, link: link.link, subject: link.subject, allowed }];
}

/**
 * Where nothing but the token itself stands in the way: what it would have to name, in all environments where its client's grants do. Which
 * of these environments the call reaches is not known.
 */
function missing(input: UncoverableInput, reasons: readonly Lack[]): Detail[] {
  if (reasons.some(({ link, rule }) => link !== 'token' || rule !== 'operation_not_granted')) return [];
  const lacking = new Set(reasons.map(({ operation, effect }) => `${operation}:${effect}`));
  const operations = input.operations.filter(({ name, effect }) => lacking.has(`${name}:${effect}`));
  const granted = input.chain.filter(({ link }) => link !== 'token').flatMap(({ allowances }) => allowances);
  const environments = granted
    .filter((allowance) => isLive(input, allowance))
    .filter(({ scope }) => operations.some((operation) => selectsOperation(scope, operation)))
    .flatMap(({ scope }) => scope.environments);
  if (environments.length === 0) return [];
  const selectors = [...new Set(operations.map(narrowestSelector))];
  const named = [...new Set(environments)].sort();
  return [{ type: DETAIL_TYPE, connection: input.connection, environments: named, operations: selectors }];
}
