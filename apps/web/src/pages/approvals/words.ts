import type { OutputOf } from '@writ/api';
import { EFFECTS, type Effect, isWorse } from '@writ/core';

/** An approval, and a hold, as the API shows them. */
export type Approval = OutputOf<'approvals.get'>;
export type Hold = OutputOf<'holds.get'>;
export type Shown = NonNullable<Approval['shown']>;
export type Blast = NonNullable<Shown['blast_radius']>;

/** What the forms of an answer are given. `dead`: what it is about has changed, so that nothing here does anything any more. */
export interface AnswerProps {
  readonly approval: Approval;
  readonly dead: boolean;
  readonly done: (after: Approval) => void;
}

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

/** What the worst of a request does, in one sentence's parts. `effect` is undefined where it is not shown. */
export interface Gist {
  readonly effect: Effect | undefined;
  /** Names of the operations that do it. */
  readonly operations: readonly string[];
  readonly things: readonly Thing[];
  readonly environments: readonly { readonly slug: string; readonly isProtected: boolean }[];
  /** Backups that go with it. */
  readonly backups: number;
  /** How many milder operations there are besides. */
  readonly others: number;
}

/** Sums up what is asked: its worst effect, on what, and where. */
export function gistOf({ shown, token, operations }: Asked): Gist {
  if (shown !== null) return gistOfRequest(shown);
  if (token) return gistOfToken(token);
  return { effect: undefined, operations, things: [], environments: [], backups: 0, others: 0 };
}

function worstOf(effects: readonly Effect[]): Effect | undefined {
  return effects.reduce<Effect | undefined>(
    (worst, effect) => (worst === undefined || isWorse(effect, worst) ? effect : worst),
    EFFECTS.find((effect) => effects.includes(effect)),
  );
}

function gistOfRequest({ operations, blast_radius: blast }: Shown): Gist {
  const effect = worstOf(operations.map((one) => one.effect));
  const worst = operations.filter((one) => one.effect === effect);
  const names = new Map((blast?.targets ?? []).map(({ kind, id, name }) => [`${kind}:${id}`, name]));
  const things = worst
    .flatMap(({ targets }) => targets)
    .map(({ kind, id, name }) => ({ kind, name: names.get(`${kind}:${id}`) ?? name ?? id }));
  return {
    effect,
    operations: unique(worst.map(({ name }) => name)),
    things: uniqueBy(things, ({ kind, name }) => `${kind} ${name}`),
    environments: uniqueBy(
      worst.flatMap((one) => one.environments.map(({ slug, kind }) => ({ slug, isProtected: kind === 'protected' }))),
      ({ slug }) => slug,
    ),
    backups: blast?.backups_lost.length ?? 0,
    others: operations.length - worst.length,
  };
}

function gistOfToken({ reaches, reaches_more }: NonNullable<Approval['token']>): Gist {
  const effect = worstOf(reaches.map((one) => one.effect));
  const worst = reaches.filter((one) => one.effect === effect);
  return {
    effect,
    operations: unique(worst.map(({ operation }) => operation)),
    things: [],
    environments: uniqueBy(
      worst.flatMap((one) => one.environments.map(({ slug, kind }) => ({ slug, isProtected: kind === 'protected' }))),
      ({ slug }) => slug,
    ),
    backups: 0,
    others: reaches.length - worst.length + reaches_more,
  };
}

/** Each once, in their order. */
export function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

function uniqueBy<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}

/** Whether something is destroyed, or access made: such a thing is looked at by itself. */
export function isGrave({ shown }: Pick<Approval, 'shown'>): boolean {
  return (
    shown?.operations.some(({ effect }) => effect === 'destroy' || effect === 'escalate') === true ||
    (shown?.confirm.length ?? 0) > 0
  );
}

/** The yeses that count. */
export function yesesOf({ votes }: Pick<Approval, 'votes'>): Approval['votes'] {
  return votes.filter(({ yes, counts }) => yes && counts);
}

/** `15 minutes`, `2 hours`, `1 day`: a length of time in its largest whole unit. */
export function lengthOf(seconds: number): string {
  const [unit, size] = (
    [
      ['day', 86_400],
      ['hour', 3_600],
      ['minute', 60],
    ] as const
  ).find(([, length]) => seconds % length === 0 && seconds >= length) ?? ['second', 1];
  const count = seconds / size;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** `a`, `a and b`, `a, b and 3 more`. */
export function listed(names: readonly string[], most = 3): string {
  if (names.length <= 1) return names.join('');
  if (names.length > most) return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
