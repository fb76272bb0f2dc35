import type { OutputOf } from '@writ/api';
import { allows, counted, EFFECTS, type Effect, isWorse, joined, matchesName, parseSelector } from '@writ/core';
import { capital, sentence } from '../sentence.ts';
import type { Part } from './draft.ts';

/** An operation of the catalog. */
export type Operation = OutputOf<'operations.list'>['items'][number];
type Preview = Pick<OutputOf<'grants.preview'>, 'summary' | 'impossible'>;
type Count = Preview['summary'][number];
/** A pair as `grants.preview` tells it. */
export type Pair = OutputOf<'grants.preview'>['items'][number];

/** The effect of an operation before its arguments are seen, as it stands for the connection. */
export function effectOf(operation: Operation): Effect {
  return operation.override?.effect ?? operation.effect;
}

/** Every effect that an operation can have, the one before its arguments are seen first. */
export function effectsOf(operation: Operation): Effect[] {
  const base = effectOf(operation);
  return [base, ...EFFECTS.filter((effect) => isWorse(effect, base) && operation.raised_to.includes(effect))];
}

/** The selector that covers just this operation at this effect. */
export function selectorFor(operation: Operation, effect: Effect): string {
  return effect === effectOf(operation) ? operation.name : `${operation.name}:${effect}`;
}

/** True for an effect that nobody gets by a plain pattern: it must be named. */
export function isHarmful(effect: string): boolean {
  return effect !== 'read' && effect !== 'write';
}

/** An operation at one of its effects. */
export interface Judged {
  readonly operation: Operation;
  readonly effect: Effect;
}

/** What a selector covers of a catalog, and what it matches by name and leaves out. */
export interface Meaning {
  readonly covered: readonly Judged[];
  readonly left: readonly Judged[];
  readonly sentence: string;
}

/** Says what a selector means, by the catalog. */
export function meaningOf(text: string, operations: readonly Operation[]): Meaning {
  const selector = parseSelector(text);
  const named = operations.filter(({ name }) => matchesName(selector, name));
  const all = named.flatMap((operation) => effectsOf(operation).map((effect) => ({ operation, effect })));
  const isCovered = ({ operation, effect }: Judged): boolean =>
    allows(selector, {
      name: operation.name,
      effect,
      base_effect: effectOf(operation),
      ...(operation.admitted && { spelled_out: true }),
    });
  const covered = all.filter(isCovered);
  const left = all.filter((one) => !isCovered(one));
  return { covered, left, sentence: sentenceFor(text, covered, left) };
}

function sentenceFor(text: string, covered: readonly Judged[], left: readonly Judged[]): string {
  const { exact, effect, pattern } = parseSelector(text);
  const [first] = covered;
  if (first === undefined)
    return left.length === 0
      ? 'Matches no operation of the catalog.'
      : `Covers nothing: what it matches can only ${verbs(left)}, and must be named or asked for by its effect, as ${pattern}:${left[0]?.effect}.`;
  if (exact && effect !== undefined && left.length > 0)
    return `This operation when its arguments make it ${verbOf(effect)}, and no other use of it.`;
  if (exact) {
    const raised = left.length === 0 ? '' : ` Not where arguments make it ${verbs(left)}.`;
    return `${sentence(first.operation.why)}${raised}`;
  }
  const what = `${counted(covered.length, 'operation that', 'operations that')} ${covered.length === 1 ? verbsSingular(covered) : verbs(covered)}`;
  if (effect !== undefined) return `${capital(what)}${effect === 'read' ? '' : ', each of them, whatever it is'}.`;
  const harmful = left.filter((one) => isHarmful(one.effect));
  const rest =
    harmful.length === 0
      ? ''
      : ` Never the ${harmful.length} that ${harmful.length === 1 ? verbsSingular(harmful) : verbs(harmful)}: those are named.`;
  return `${capital(what)}.${rest}`;
}

const VERBS: Readonly<Record<Effect, string>> = {
  read: 'read',
  write: 'write',
  reveal: 'reveal secrets',
  execute: 'run code',
  destroy: 'destroy',
  escalate: 'escalate',
};

function verbOf(effect: string): string {
  return VERBS[effect as Effect] ?? effect;
}

/** `read`, `read or write`. */
function verbs(all: readonly { readonly effect: string }[]): string {
  return joined(EFFECTS.filter((effect) => all.some((one) => one.effect === effect)).map(verbOf), 'or');
}

function verbsSingular(all: readonly { readonly effect: string }[]): string {
  const words = EFFECTS.filter((effect) => all.some((one) => one.effect === effect)).map((effect) =>
    verbOf(effect).replace(/^\w+/, (verb) => `${verb}s`),
  );
  return joined(words, 'or');
}

/** How one count of a preview comes out, after what it does: `after a person's yes`. */
function conditionsText({ approve, hold_minutes, quorum }: Pick<Count, 'approve' | 'hold_minutes' | 'quorum'>): string {
  const yes = quorum === undefined ? "a person's yes" : `the yes of ${quorum} people`;
  const wait = `${hold_minutes} min in which it can be cancelled`;
  if (approve && hold_minutes > 0) return `after ${yes} and ${wait}`;
  if (approve) return `after ${yes}`;
  return hold_minutes > 0 ? `after ${wait}` : '';
}

/** What a grant lets its client do, in sentences: one for each environment, and one for what it can never do. */
export function previewSentences(client_id: string, { summary, impossible }: Preview): string[] {
  const places = [...Map.groupBy(summary, ({ environment }) => environment)];
  const said = new Map<string, string[]>();
  for (const [environment, counts] of places) {
    const words = placeWords(counts);
    said.set(words, [...(said.get(words) ?? []), environment]);
  }
  const sentences = [...said].map(([words, environments]) => `In ${joined(environments)}, ${client_id} ${words}.`);
  const never = impossible.filter(({ refused, all }) => all > 0 && refused === all).map(({ effect }) => verbOf(effect));
  if (summary.length === 0) return [`${client_id} could do nothing with it.`];
  return [...sentences, ...(never.length === 0 ? [] : [`By this grant it may nowhere ${joined(never, 'or')}.`])];
}

function narrowedText(operations: number, narrowed: number): string {
  if (narrowed === 0) return '';
  return narrowed === operations ? ', only as narrowed' : `, ${narrowed} of them only as narrowed`;
}

function placeWords(counts: readonly Count[]): string {
  const groups = Map.groupBy(counts, (count) => (count.outcome === 'deny' ? 'denied' : conditionsText(count)));
  const lets = [...groups].filter(([how]) => how !== 'denied');
  const denied = groups.get('denied') ?? [];
  const parts = lets.map(([how, group]) => {
    const what = joined(
      group.map(
        ({ effect, operations, narrowed }) =>
          `${verbOf(effect)} (${counted(operations, 'operation', 'operations')}${narrowedText(operations, narrowed)})`,
      ),
    );
    return how === '' ? what : `${what} ${how}`;
  });
  const refused = denied.reduce((sum, { operations }) => sum + operations, 0);
  const no = refused === 0 ? [] : [`${counted(refused, 'operation is', 'operations are')} refused by a guardrail`];
  if (parts.length === 0) return `gets nothing: ${no.join()}`;
  return [`may ${joined(parts)}`, ...no].join('; ');
}

interface Places {
  readonly environments: readonly { readonly slug: string; readonly kind: string }[] | undefined;
}

/** The protected environments of a connection. */
export function protectedIn({ environments = [] }: Places): ReadonlySet<string> {
  return new Set(environments.filter(({ kind }) => kind === 'protected').map(({ slug }) => slug));
}

/** What must be known of a draft to tell whether it is broad. */
export interface BroadFacts {
  readonly part: Part;
  readonly summary: readonly Count[];
  /** The slugs of protected environments. */
  readonly isProtected: ReadonlySet<string>;
  readonly expires_at: string | undefined;
  /** The questions that nobody answered on purpose. */
  readonly waived: readonly string[];
}

/** Why a grant is a broad one, each reason a sentence: none for a narrow grant. */
export function broadReasons({ part, summary, isProtected, expires_at, waived }: BroadFacts): string[] {
  const reasons: string[] = [];
  if (part.environments.includes('*'))
    reasons.push('It reaches every environment: protected ones, and those that will be added later.');
  const protectedHere = summary.filter(({ environment }) => isProtected.has(environment));
  for (const text of part.operations) {
    const { exact, effect } = parseSelector(text);
    if (exact || effect === 'read') continue;
    if (effect !== undefined && isHarmful(effect))
      reasons.push(`${text} lets it ${verbOf(effect)} by whatever operation there is, unnamed.`);
    else if (text === '*' || text === '*:write') reasons.push(`${text} covers everything that writes.`);
    else if (protectedHere.some((count) => count.effect === 'write'))
      reasons.push(`${text} changes things in a protected environment without naming them.`);
  }
  const lasting = protectedHere.filter(
    ({ effect, outcome }) => (effect === 'destroy' || effect === 'escalate') && outcome !== 'deny',
  );
  if (lasting.length > 0 && expires_at === undefined)
    reasons.push(
      `It may ${verbs(lasting)} in ${joined([...new Set(lasting.map(({ environment }) => environment))])}, and never ends.`,
    );
  return [...new Set([...reasons, ...waived.map((question) => `Any value will do for: ${question}`)])];
}

/** The pairs of a preview that a row of its summary counts. */
export function pairsOf(items: readonly Pair[], count: Count): Pair[] {
  const key = ({
    environment,
    effect,
    outcome,
    approve,
    hold_minutes,
    quorum,
  }: Omit<Count, 'operations' | 'narrowed'>): string =>
    [environment, effect, outcome, approve, hold_minutes, quorum].join(' ');
  return items.filter((item) => key(item) === key(count));
}
