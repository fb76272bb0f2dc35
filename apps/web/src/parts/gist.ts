import type { OutputOf } from '@writ/api';
import { type Effect, type EnvironmentKind, inertLine, isWorse, joined, worstEffect } from '@writ/core';

/** An approval as the API shows it, and what of it is shown to those who may answer. */
export type Approval = OutputOf<'approvals.get'>;
export type Shown = NonNullable<Approval['shown']>;

/** What of an approval or a hold its first line is made of. `shown` and `token` are null for those who may not answer. */
export interface Asked {
  readonly kind?: Approval['kind'];
  readonly client_id: string;
  readonly act_chain: readonly string[];
  readonly connection: string | null;
  readonly operations: readonly string[];
  readonly shown: Shown | null;
  readonly token?: Approval['token'];
}

/** One thing that is acted on, by the name that the provider has for it now. */
export interface Thing {
  readonly kind: string;
  readonly name: string;
}

/** An environment, by its slug. */
export interface Place {
  readonly slug: string;
  readonly isProtected: boolean;
}

/** What the worst of a request does, in one sentence's parts. `effect` is undefined where it is not shown. */
export interface Gist {
  readonly effect: Effect | undefined;
  /** Names of the operations that do it. */
  readonly operations: readonly string[];
  /** Those in protected environments first. */
  readonly things: readonly Thing[];
  /** Where the worst happens, protected environments first. */
  readonly environments: readonly Place[];
  /** The milder effects in protected environments, and in which: no request hides these behind something worse elsewhere. */
  readonly also: readonly { readonly effect: Effect; readonly environments: readonly Place[] }[];
  /** Backups that go with it. */
  readonly backups: number;
  /** How many milder operations there are besides, in no protected environment. */
  readonly others: number;
}

/** Sums up what is asked: its worst effect, on what, and where. */
export function gistOf({ shown, token, operations }: Asked): Gist {
  if (shown !== null) return gistOfRequest(shown);
  if (token) return gistOfToken(token);
  return { effect: undefined, operations, things: [], environments: [], also: [], backups: 0, others: 0 };
}

/** What one operation does, and where. */
interface Part {
  readonly name: string;
  readonly effect: Effect;
  readonly environments: readonly { readonly slug: string; readonly kind: EnvironmentKind }[];
}

function gistOfRequest({ operations, blast_radius: blast }: Shown): Gist {
  const { worst, ...gist } = sumUp(operations);
  const names = new Map((blast?.targets ?? []).map(({ kind, id, name }) => [`${kind}:${id}`, name]));
  const things = worst
    .flatMap(({ targets }) => targets)
    .map(({ kind, id, name }) => ({ kind, name: names.get(`${kind}:${id}`) ?? name ?? id }));
  return {
    ...gist,
    things: uniqueBy(things, ({ kind, name }) => `${kind} ${name}`),
    backups: blast?.backups_lost.length ?? 0,
  };
}

function gistOfToken({ reaches, reaches_more }: NonNullable<Approval['token']>): Gist {
  const { worst: _, ...gist } = sumUp(reaches.map(({ operation, ...rest }) => ({ ...rest, name: operation })));
  return { ...gist, things: [], backups: 0, others: gist.others + reaches_more };
}

/** The worst parts, those in protected environments first, and what is said of all. */
function sumUp<P extends Part>(parts: readonly P[]) {
  const effect = parts.length === 0 ? undefined : worstEffect(parts.map((part) => part.effect));
  const worst = parts.filter((part) => part.effect === effect).sort((a, b) => rankOf(a) - rankOf(b));
  const milder = parts.filter((part) => part.effect !== effect);
  const grave = milder.filter((part) => rankOf(part) === 0);
  const also = unique(grave.map((part) => part.effect))
    .sort((a, b) => (isWorse(a, b) ? -1 : 1))
    .map((each) => ({
      effect: each,
      environments: placesOf(grave.filter((part) => part.effect === each)).filter(({ isProtected }) => isProtected),
    }));
  return {
    worst,
    effect,
    operations: unique(worst.map(({ name }) => name)),
    environments: placesOf(worst),
    also,
    others: milder.length - grave.length,
  };
}

/** 0 for what reaches a protected environment, which is said first. */
function rankOf({ environments }: Part): number {
  return environments.some(({ kind }) => kind === 'protected') ? 0 : 1;
}

function placesOf(parts: readonly Part[]): Place[] {
  const places = parts.flatMap(({ environments }) =>
    environments.map(({ slug, kind }) => ({ slug, isProtected: kind === 'protected' })),
  );
  return protectedFirst(uniqueBy(places, ({ slug, isProtected }) => `${slug} ${isProtected}`));
}

function protectedFirst(places: readonly Place[]): Place[] {
  return [...places].sort((a, b) => Number(b.isProtected) - Number(a.isProtected));
}

/** Every environment that is said of a request, protected ones first. */
export function allPlaces({ environments, also }: Gist): Place[] {
  const places = [...environments, ...also.flatMap((each) => each.environments)];
  return protectedFirst(uniqueBy(places, ({ slug, isProtected }) => `${slug} ${isProtected}`));
}

/** How many of these are named where there is room for `room`: never fewer than are protected. */
export function roomFor(places: readonly Place[], room: number): number {
  return Math.max(room, places.filter(({ isProtected }) => isProtected).length);
}

/** Environments as a list in which each protected one is named. */
export function placesText(places: readonly Place[]): string {
  return listed(
    places.map(({ slug }) => slug),
    roomFor(places, MOST_NAMED),
  );
}

/** A foreign name as it may stand inside Writ's own sentence: cut by itself, and without what would end its quotation marks. */
export function shortName(name: string): string {
  return inertLine(name, 60).replace(/[\u201c-\u201f]/g, (mark) => `\\u{${mark.charCodeAt(0).toString(16)}}`);
}

/** The deed as plain text, for the dialog that asks for the proof. Only names are cut, never where it happens. */
export function deedText({ operations, things, environments, also }: Gist): string {
  const what = things.length === 0 ? operations.map(shortName) : things.map(({ name }) => `“${shortName(name)}”`);
  const where = environments.length === 0 ? '' : ` in ${placesText(environments)}`;
  return [
    `${listed(what)}${where}`,
    ...also.map((each) => `and ${each.effect} in ${placesText(each.environments)}`),
  ].join(', ');
}

/** The first line as plain text, for a document's title, lists and what is read aloud. */
export function firstLineText(asked: Asked): string {
  const gist = gistOf(asked);
  return `${asked.kind === 'token' ? 'token: ' : ''}${gist.effect ?? 'call'} ${deedText(gist)}`;
}

/** Each once, in their order. */
export function unique<T extends string>(texts: readonly T[]): T[] {
  return [...new Set(texts)];
}

function uniqueBy<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}

/** How many names stand in a sentence. */
export const MOST_NAMED = 3;

/** `a`, `a and b`, `a, b and 3 more`. */
export function listed(names: readonly string[], most = MOST_NAMED): string {
  return joined(names.length > most ? [...names.slice(0, most), `${names.length - most} more`] : names);
}
