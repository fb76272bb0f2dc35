import { type GuardedPair, type Guardrail, whenLines } from '@writ/core';

/** What guardrails make of a call, as `guardPair`, `grants.preview` and others tell it. */
type Guarded = Pick<GuardedPair, 'outcome' | 'approve' | 'hold_minutes'> & { readonly quorum?: number | undefined };

/** What protection means by the shipped guardrails, as the end of a sentence. */
export const PROTECTED_MEANS = 'what reveals, executes, destroys or escalates there waits for a person';

/** What is `shared`, as a sentence. */
export const SHARED_MEANS = 'What lies outside any environment: account, projects.';

/** How an outcome is detailed beside its word: `60 min`, `2 people, then waits 60 min`. */
export function outcomeDetail({ outcome, approve, hold_minutes, quorum }: Guarded): string | undefined {
  if (outcome === 'deny') return undefined;
  const people = quorum === undefined ? [] : [`${quorum} people`];
  const wait = hold_minutes > 0 ? [`${approve ? 'then waits ' : ''}${minutesText(hold_minutes)}`] : [];
  return [...people, ...wait].join(', ') || undefined;
}

/** What becomes of a call, as the end of a sentence: `asks a person, then waits 60 min, and can be cancelled meanwhile`. */
export function outcomeSentence({ outcome, approve, hold_minutes, quorum }: Guarded): string {
  if (outcome === 'deny') return 'is refused';
  const wait = `waits ${minutesText(hold_minutes)}, and can be cancelled meanwhile`;
  const ask = quorum === undefined ? 'asks a person' : `asks ${quorum} people`;
  if (approve) return hold_minutes > 0 ? `${ask}, then ${wait}` : ask;
  return hold_minutes > 0 ? wait : 'goes through at once';
}

/** What a rule alone does, as the end of a sentence. */
export function ruleOutcome({ outcome, hold_minutes = 0, quorum }: Guardrail): string {
  return outcomeSentence({ outcome, approve: outcome === 'approve', hold_minutes, quorum });
}

const PLACES: Readonly<Record<string, string>> = {
  protected: 'protected environments',
  ephemeral: 'ephemeral environments',
  other: 'environments that are not protected',
};

/** Where a rule holds, if it is for environments of a kind: `protected environments`. Undefined for one that names an environment. */
export function placesOf(environments: string): string | undefined {
  return PLACES[environments];
}

/** What a rule speaks of, `volumeDelete in production where input.size at_least 5`. `of` stands behind the place. */
export function ruleScope(
  { operations, environments, when }: Pick<Guardrail, 'operations' | 'environments' | 'when'>,
  of = '',
): string {
  const only = when === undefined ? '' : ` where ${whenLines(when).join(' and ')}`;
  return `${operations} in ${PLACES[environments] ?? environments}${of}${only}`;
}

/** A rule in words: `volumeDelete in production of every connection is refused`. */
export function ruleText(rule: Guardrail): string {
  return `${ruleScope(rule, ` of ${rule.connection ?? 'every connection'}`)} ${ruleOutcome(rule)}`;
}

/** `90` -> `90 min`, `1440` -> `24 h`. */
function minutesText(minutes: number): string {
  return minutes >= 120 && minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}
