import { defined, type Guardrail, OUTCOMES, type Outcome } from '@writ/core';
import { Argument, type Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { table } from '../../output/table.ts';
import { verb, wholeNumber } from '../command.ts';
import { GUARDRAIL_COLUMNS } from './list.ts';

interface Options {
  readonly connection?: string;
  readonly minutes?: number;
  readonly quorum?: number;
}

/** `writ guardrail set`: adds a rule, or changes the one for the same operations and environments. */
export function setGuardrail(makeCli: CliFactory): Command {
  return verb('set', {
    summary: 'Adds a guardrail, or replaces the one for the same operations and environments. Only an owner loosens.',
    examples: [
      "writ guardrail set protected '*:destroy' deny",
      "writ guardrail set other '*:destroy' hold --minutes 30",
      'writ guardrail set production domainDelete allow --connection acme',
    ],
    notes: "Environments: an environment's name, or one of protected, ephemeral, other.",
  })
    .argument('<environments>')
    .argument('<operations>', 'an operation, a pattern, or pattern:effect')
    .addArgument(new Argument('<outcome>').choices(OUTCOMES))
    .option('--connection <connection>', 'only for this connection')
    .option('--minutes <n>', 'how long to hold', wholeNumber)
    .option('--quorum <n>', 'how many people must approve, 2 to 5', wholeNumber)
    .action(async (environments: string, operations: string, outcome: Outcome, options: Options) => {
      const cli = makeCli();
      const rule = ruleOf({ environments, operations, outcome }, options);
      const before = await cli.call('guardrails.get', {});
      const items = [...before.items.filter((other) => !isSamePlace(other, rule)), rule];
      const after = await cli.call('guardrails.put', { items, version: before.version });
      cli.show(after, () => table(after.items, GUARDRAIL_COLUMNS, cli.out.width));
    });
}

function ruleOf(rule: Pick<Guardrail, 'environments' | 'operations' | 'outcome'>, options: Options): Guardrail {
  return {
    ...defined({ connection: options.connection }),
    ...rule,
    ...defined({ hold_minutes: options.minutes, quorum: options.quorum }),
  };
}

/** Tells whether two rules are for the same operations in the same environments. */
export function isSamePlace(a: Pick<Guardrail, 'connection' | 'environments' | 'operations'>, b: typeof a): boolean {
  return a.connection === b.connection && a.environments === b.environments && a.operations === b.operations;
}
