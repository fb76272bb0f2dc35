import type { OutputOf } from '@writ/api';
import { inert } from '@writ/core';
import { type Known, questionsOf, typedProblem } from '../../parts/grant/conditions.ts';
import { type Draft, type Part, titleOf } from '../../parts/grant/draft.ts';
import { broadReasons, protectedIn } from '../../parts/grant/words.ts';

/** What is known of a connection, as far as its grants are judged by it. */
type Facts = Known & Parameters<typeof protectedIn>[0] & { readonly isRead: boolean };

interface JudgedBy {
  readonly factsOf: (connection: string) => Facts;
  readonly previews: readonly { readonly preview: Pick<OutputOf<'grants.preview'>, 'summary'> | undefined }[];
  readonly waived: readonly string[];
}

/** What stands between a draft and its grants. */
export interface Judged {
  /** Why it is broad, each a sentence. */
  readonly reasons: readonly string[];
  /** What is missing, each a sentence. */
  readonly lacks: readonly string[];
  /** False while a connection was not read yet: what is to be asked is not known before. */
  readonly isKnown: boolean;
}

/** Judges each grant of a draft by the facts of its own connection, whichever the form shows. */
export function judgedOf({ parts, expires_at, note }: Draft, { factsOf, previews, waived }: JudgedBy): Judged {
  const all = parts.map((part, index) => {
    const facts = factsOf(part.connection);
    const { unanswered, leftOpen } = questionsOf(part, facts, waived);
    const summary = previews[index]?.preview?.summary ?? [];
    const reasons = broadReasons({ part, summary, isProtected: protectedIn(facts), expires_at, waived: leftOpen });
    const lacks = [...unanswered.map((question) => `Not answered yet: ${question}`), ...halfTyped(part, facts)];
    const named = (text: string): string => (parts.length > 1 ? `${titleOf(part, index)}: ${text}` : text);
    return { reasons: reasons.map(named), lacks: lacks.map(named), isRead: facts.isRead };
  });
  const reasons = all.flatMap((each) => each.reasons);
  const lacksWords = reasons.length > 0 && note.trim() === '';
  return {
    reasons,
    lacks: [...all.flatMap((each) => each.lacks), ...(lacksWords ? ['A broad grant needs a note: why so much?'] : [])],
    isKnown: all.every(({ isRead }) => isRead),
  };
}

function halfTyped({ conditions }: Part, { operations = [] }: Known): string[] {
  return conditions
    .filter((one) => typedProblem(one, operations) !== undefined)
    .map(({ operation, path }) => `No value: ${inert(path)} of ${inert(operation)}.`);
}
