import { type Guardrail, whenLines } from '@writ/core';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { type Columns, table } from '../../output/table.ts';
import { verb } from '../command.ts';

/** How guardrails are shown. */
export const GUARDRAIL_COLUMNS: Columns<Guardrail> = {
  connection: (rule) => rule.connection ?? 'any',
  environments: (rule) => rule.environments,
  operations: (rule) => rule.operations,
  when: (rule) => (rule.when === undefined ? 'always' : whenLines(rule.when)),
  outcome: outcomeText,
};

function outcomeText({ outcome, hold_minutes, quorum }: Guardrail): string {
  if (hold_minutes !== undefined) return `${outcome} ${hold_minutes} min`;
  return quorum === undefined ? outcome : `${outcome} by ${quorum} people`;
}

/** `writ guardrail list`. */
export function listGuardrails(makeCli: CliFactory): Command {
  return verb('list', {
    summary: 'Shows the guardrails in force: those added, and the shipped set.',
    examples: ['writ guardrail list'],
  }).action(async () => {
    const cli = makeCli();
    const rules = await cli.call('guardrails.get', {});
    const added = rules.items.length === 0 ? 'None is added.' : table(rules.items, GUARDRAIL_COLUMNS, cli.out.width);
    cli.show(rules, () => `Added:\n${added}\n\nShipped:\n${table(rules.shipped, GUARDRAIL_COLUMNS, cli.out.width)}`);
  });
}
