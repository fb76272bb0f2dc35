import { ApiError } from '@writ/api';
import { failureOf } from '../failure.ts';
import type { Prompt } from './prompt.ts';

/** What to ask for again, by the code of the refusal or by the field it names. The function is given what was said before. */
export type Questions = Readonly<Record<string, () => Promise<unknown>>>;

/**
 * Tries until it succeeds. Where the broker refuses one answer and a person can give another, only that one is asked for again, so that
 * nothing else is typed twice. Throws where no other answer would help.
 */
export async function insist<T>(prompt: Prompt, attempt: () => Promise<T>, questions: Questions): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const again = prompt.asks && error instanceof ApiError ? againFor(error, questions) : [];
      if (!(error instanceof ApiError) || again.length === 0) throw error;
      const { message, lines } = failureOf(error);
      prompt.say([message, ...lines.map((line) => `  ${line}`)].join('\n'));
      for (const ask of again) await ask();
    }
  }
}

function againFor({ code, fields }: ApiError, questions: Questions): (() => Promise<unknown>)[] {
  const names = [code, ...fields.map(({ field }) => field)];
  return names
    .flatMap((name) => (Object.hasOwn(questions, name) ? [questions[name]] : []))
    .filter((ask) => ask !== undefined);
}
