/** The sentences of a refusal: what a call would have done, and which rule refused it. They hold no ids but those that the caller sent. */
import {
  type Decision,
  type Effect,
  type Guardrail,
  inertLine,
  limitText,
  measureOf,
  mostOf,
  type Operation,
  type Reason,
  type ResolvedOperation,
  SHARED,
  whenLines,
} from '@writ/core';

const MOST_OPERATIONS = 3;
const MOST_ITEMS = 5;
const MOST_WIDTH = 120;
const KINDS: readonly string[] = ['protected', 'ephemeral', 'other'];

/** The verbs for a call, by effect: with a target, without one, and for a target that is not known. */
const VERBS: Readonly<Record<Effect, readonly [withTarget: string, without: string, anywhere: string]>> = {
  read: ['read', 'read', 'read'],
  write: ['change', 'make a change', 'make a change'],
  reveal: ['reveal secrets of', 'reveal secrets', 'reveal secrets'],
  execute: ['decide what code runs in', 'decide what code runs', 'decide what code runs'],
  destroy: ['destroy', 'destroy something', 'destroy'],
  escalate: ['give or change access to', 'give or change access', 'give or change access'],
};

/** Joins words for a sentence: `a`, `a and b`, `a, b and c`. The rest of a long list is counted. */
function listed(items: readonly string[], most = MOST_ITEMS): string {
  const shown = items.slice(0, most);
  const rest = items.length - shown.length;
  const all = rest > 0 ? [...shown, `${rest} more`] : shown;
  return all.length < 2 ? (all[0] ?? '') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}

const said = (text: string): string => inertLine(text, MOST_WIDTH);

function environmentName(slug: string): string {
  if (slug === '*') return 'every environment';
  return slug === SHARED ? 'shared (what lies outside any environment)' : said(slug);
}

/** `volumeDelete would destroy volume v_both in production and staging`, for each of the operations; equal sentences stand once. */
export function wouldDo(operations: readonly (Operation | ResolvedOperation)[]): string {
  return listed([...new Set(operations.map(oneWouldDo))], MOST_OPERATIONS);
}

/** `It is not known where volumeDelete would destroy`, for operations whose reach could not be settled. */
export function whereUnknown(operations: readonly Operation[]): string {
  const each = new Set(operations.map(({ name, effect }) => `${said(name)} would ${VERBS[effect][2]}`));
  return each.size === 0 ? '' : `It is not known where ${listed([...each], MOST_OPERATIONS)}`;
}

function oneWouldDo(operation: Operation | ResolvedOperation): string {
  const [withTarget, without] = VERBS[operation.effect];
  const name = said(operation.name);
  const acted = 'targets' in operation ? operation.targets : (operation.names ?? []);
  const targets = listed(acted.map((target) => `${target.kind.replaceAll('_', ' ')} ${said(target.id)}`));
  if (!('environments' in operation)) return `${name} would ${targets === '' ? without : `${withTarget} ${targets}`}`;
  const where = listed(operation.environments.map((environment) => environmentName(environment.slug)));
  return `${name} would ${targets === '' ? without : `${withTarget} ${targets}`}${where === '' ? '' : ` in ${where}`}`;
}

type Holder = readonly [who: string, verbs: readonly [names: string, covers: string]];

const HOLDERS: Readonly<Record<NonNullable<Reason['link']>, Holder>> = {
  token: ['this token', ['names', 'covers']],
  grants: ["the client's grants", ['name', 'cover']],
  ancestor: ['the token that this one was exchanged for', ['names', 'covers']],
};

/** Tells which rule refused a decided call: what its token covers, or which guardrail applies. */
export function ruleOf(decision: Decision): string {
  const limited = decision.reasons.find(({ limit }) => limit !== undefined);
  if (limited !== undefined) return limitOf(limited);
  const lack = ['token', 'grants', 'ancestor']
    .map((link) => decision.reasons.filter((reason) => reason.link === link))
    .find((reasons) => reasons.length > 0);
  if (lack !== undefined) return lackOf(lack, decision);
  const guardrail = decision.reasons.find((reason) => reason.guardrail !== undefined)?.guardrail;
  if (guardrail === undefined)
    return decision.code === 'environment_unresolved' ? 'it reaches nothing that is known' : '';
  return `the guardrail ${said(guardrail.operations)} ${placeOf(guardrail)}${conditionsOf(guardrail)} ${verdictOf(decision)}`;
}

/** `the limit of 5 *:destroy per day is used up: 5 are used, and the day ends at 2026-11-29T00:00:00.000Z`. */
function limitOf({ limit, used }: Reason): string {
  if (limit === undefined) return '';
  const name = `the limit of ${said(limitText(limit))}`;
  if (used === undefined)
    return `${name} counts whole numbers, and ${said(measureOf(limit) ?? '')} holds none that is exact and not negative`;
  const most = mostOf(limit);
  const left = used.used < most ? `leaves ${most - used.used}, and this would use ${used.adds}` : 'is used up';
  const ends =
    used.ends_at === undefined
      ? 'it counts as long as the task lives'
      : `the ${limit.per} ends at ${new Date(used.ends_at).toISOString()}`;
  return `${name} ${left}: ${used.used} of ${most} are used, and ${ends}`;
}

function placeOf(guardrail: Guardrail): string {
  const place = guardrail.environments;
  return KINDS.includes(place) ? `on ${place} environments` : `in ${said(place)}`;
}

/** `, where input.amount at_least 5000 or that is not certain,`: a rule that tightens holds unless a call is plainly outside. */
function conditionsOf({ when }: Guardrail): string {
  if (when === undefined) return '';
  const lines = whenLines(when).map(said);
  return `, where ${listed(lines)} or that is not certain,`;
}

function verdictOf(decision: Decision): string {
  if (decision.result === 'refuse') return 'forbids it';
  const wait = `a wait of ${decision.hold_minutes} minutes in which it can be cancelled`;
  if (!decision.approve) return `wants ${wait}`;
  const yes = decision.quorum === undefined ? "a human's yes" : `the yes of ${decision.quorum} people`;
  return decision.hold_minutes > 0 ? `wants ${yes}, and then ${wait}` : `wants ${yes}`;
}

function lackOf(reasons: readonly Reason[], decision: Decision): string {
  const link = reasons[0]?.link ?? 'token';
  const only = { resource_not_granted: 'the resources', argument_not_granted: 'the arguments' };
  const [holder, verb] = HOLDERS[link];
  if (decision.code === 'resource_not_granted' || decision.code === 'argument_not_granted') {
    return `it goes beyond ${only[decision.code]} that ${holder} ${verb[0]}`;
  }
  const covered = coveredBy(reasons, decision);
  return `${holder} ${verb[1]} ${covered === '' ? 'nothing of this connection' : covered}`;
}

/**
 * `staging, and there *:read and customDomain*`: what the token covers in the reached environments, or in all of them if it covers nothing
 * in those.
 */
function coveredBy(reasons: readonly Reason[], decision: Decision): string {
  const byEnvironment = new Map<string, Set<string>>();
  for (const line of reasons.flatMap((reason) => reason.allowed ?? [])) {
    const slash = line.indexOf('/');
    const environment = line.slice(0, slash);
    byEnvironment.set(environment, (byEnvironment.get(environment) ?? new Set()).add(said(line.slice(slash + 1))));
  }
  const reached = new Set(decision.pairs.map((pair) => pair.environment));
  const all = [...byEnvironment];
  const near = all.filter(([environment]) => reached.size > 0 && (environment === '*' || reached.has(environment)));
  return (near.length > 0 ? near : all)
    .slice(0, MOST_ITEMS)
    .map(([environment, operations]) => `${environmentName(environment)}, and there ${listed([...operations])}`)
    .join('; and ');
}
