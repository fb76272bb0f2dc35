/** The narrowest lasting mend: a guardrail for one operation in one environment, by which the same would pass without a yes. */
import type { OutputOf } from '@writ/api';
import { type Guardrail, narrowestSelector, parseSelector, type SelectedOperation, selects } from '@writ/core';

type View = OutputOf<'approvals.get'>;
type Shown = NonNullable<View['shown']>;

/** The most that are offered: of more, none is narrow. */
const MOST = 10;

/**
 * What an owner could set so that nobody is asked the next time: one rule for each operation and environment for which a yes is wanted. A
 * window in which the call can be cancelled stays. Empty where it would take more than ten.
 */
export function offersOf(
  { operations, rules }: Pick<Shown, 'operations' | 'rules'>,
  { connection, hold_minutes }: { readonly connection: string; readonly hold_minutes: number },
): View['offers'] {
  const offers = new Map<string, View['offers'][number]>();
  for (const operation of operations) {
    for (const environment of operation.environments) {
      if (!rules.some((rule) => wants(rule, operation, environment))) continue;
      const selector = narrowestSelector(operation);
      const holds = hold_minutes > 0 && operation.effect === 'destroy';
      const outcome = holds ? `hold --minutes ${hold_minutes}` : 'allow';
      const command = `writ guardrail set ${environment.slug} ${quoted(selector)} ${outcome} --connection ${connection}`;
      offers.set(command, { operation: operation.name, environment: environment.slug, command });
    }
  }
  return offers.size > MOST ? [] : [...offers.values()];
}

function wants(
  rule: Guardrail,
  operation: SelectedOperation,
  { slug, kind }: Shown['operations'][number]['environments'][number],
): boolean {
  if (rule.outcome !== 'approve' || ![slug, kind].includes(rule.environments)) return false;
  return selects(parseSelector(rule.operations), operation);
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w.:/-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
