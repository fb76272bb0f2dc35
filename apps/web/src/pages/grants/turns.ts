import {
  type ArgumentCondition,
  comparisonText,
  conditionHolds,
  DEFAULT_TOKEN_LIFE,
  durationText,
  type Limit,
  limitText,
  measureOf,
  mostOf,
} from '@writ/core';
import { narrowable } from '../../parts/grant/conditions.ts';
import { type Draft, emptyPart, onArgument, type Part } from '../../parts/grant/draft.ts';
import type { Operation } from '../../parts/grant/words.ts';

/** How something that narrows a grant was changed. It shows in no list of operations, so it is told. */
export interface Turn {
  readonly what: string;
  readonly before: string;
  readonly after: string;
  /** `other`: neither holds all that the other does, so some of it is new. */
  readonly turn: 'wider' | 'narrower' | 'other';
}

/** What narrows a grant, before and after, as far as it differs: what was widened comes first. */
export function turnsOf(before: Draft, after: Draft, operations: readonly Operation[]): Turn[] {
  const [old = emptyPart(), fresh = emptyPart()] = [before.parts[0], after.parts[0]];
  const turns = [
    ...resourceTurns(old, fresh),
    ...conditionTurns([old, fresh], operations),
    ...limitTurns(old.limits, fresh.limits),
    ...lastingTurns(before, after),
  ];
  const rank = { wider: 0, other: 1, narrower: 2 };
  return turns.sort((one, other) => rank[one.turn] - rank[other.turn]);
}

/** True where something is let through that was not before. */
export function isWidened({ turn }: Turn): boolean {
  return turn !== 'narrower';
}

function turned(what: string, texts: readonly [string, string], isWider: boolean, isNarrower: boolean): Turn[] {
  const [before, after] = texts;
  if (isWider && isNarrower) return [];
  return [{ what, before, after, turn: isWider ? 'wider' : isNarrower ? 'narrower' : 'other' }];
}

function resourceTurns({ resources: old }: Part, { resources: fresh }: Part): Turn[] {
  const holds = (outer: readonly string[], inner: readonly string[]): boolean =>
    outer.length === 0 || (inner.length > 0 && inner.every((one) => outer.includes(one)));
  const text = (all: readonly string[]): string => (all.length === 0 ? 'all' : all.join(', '));
  return turned('resources', [text(old), text(fresh)], holds(fresh, old), holds(old, fresh));
}

/** Only of operations that it covers before and after: of others, what begins and stops tells all. */
function conditionTurns([old, fresh]: readonly [Part, Part], operations: readonly Operation[]): Turn[] {
  const covered = [old, fresh].map((part) => new Set(narrowable(part, operations).map(({ name }) => name)));
  const keys = [...old.conditions, ...fresh.conditions].filter(
    (key, at, all) => all.findIndex(onArgument(key)) === at && covered.every((names) => names.has(key.operation)),
  );
  return keys.flatMap((key) => {
    const [was, is] = [old, fresh].map((part) => part.conditions.find(onArgument(key))?.condition);
    const text = (one: ArgumentCondition | undefined): string =>
      one === undefined ? 'any value' : comparisonText(one);
    return turned(`${key.path} of ${key.operation}`, [text(was), text(is)], isWithin(was, is), isWithin(is, was));
  });
}

/** True where the outer condition lets through all that the inner one does. */
function isWithin(inner: ArgumentCondition | undefined, outer: ArgumentCondition | undefined): boolean {
  if (outer === undefined || inner === undefined) return outer === undefined;
  if ('equals' in inner) return conditionHolds(inner.equals, outer);
  if ('one_of' in inner) return inner.one_of.every((one) => conditionHolds(one, outer));
  if ('starts_with' in inner) return 'starts_with' in outer && inner.starts_with.startsWith(outer.starts_with);
  if ('ends_with' in inner) return 'ends_with' in outer && inner.ends_with.endsWith(outer.ends_with);
  if ('at_least' in inner) return 'at_least' in outer && inner.at_least >= outer.at_least;
  return 'at_most' in outer && inner.at_most <= outer.at_most;
}

function limitTurns(old: readonly Limit[], fresh: readonly Limit[]): Turn[] {
  const keyOf = (limit: Limit): string => JSON.stringify([limit.operations, measureOf(limit), limit.per]);
  return [...new Set([...old, ...fresh].map(keyOf))].flatMap((key) => {
    const [was, is] = [old, fresh].map((all) =>
      all.filter((each) => keyOf(each) === key).reduce<Limit | undefined>(stricter, undefined),
    );
    const most = (limit: Limit | undefined): number => (limit === undefined ? Number.POSITIVE_INFINITY : mostOf(limit));
    const text = (limit: Limit | undefined): string => (limit === undefined ? 'none' : limitText(limit));
    return turned('limit', [text(was), text(is)], most(is) >= most(was), most(is) <= most(was));
  });
}

function stricter(one: Limit | undefined, other: Limit): Limit {
  return one !== undefined && mostOf(one) <= mostOf(other) ? one : other;
}

function lastingTurns(old: Draft, fresh: Draft): Turn[] {
  const [[wasLife, wasEnd], [isLife, isEnd]] = [lasts(old), lasts(fresh)];
  const life: [string, string] = [durationText(wasLife), durationText(isLife)];
  return [
    ...turned('longest life of a token', life, isLife >= wasLife, isLife <= wasLife),
    ...turned('ends', [old.expires_at ?? 'never', fresh.expires_at ?? 'never'], isEnd >= wasEnd, isEnd <= wasEnd),
  ];
}

function lasts({ max_ttl_seconds = DEFAULT_TOKEN_LIFE, expires_at }: Draft): [life: number, end: number] {
  return [max_ttl_seconds, expires_at === undefined ? Number.POSITIVE_INFINITY : Date.parse(expires_at)];
}
