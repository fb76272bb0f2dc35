import { defined, type Guardrail, isSamePlace, OUTCOMES, type Outcome, TARGET_ID, TARGET_NAME } from '@writ/core';
import { Argument, type Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { whenOf } from '../../input/scope.ts';
import { table } from '../../output/table.ts';
import { several, verb, wholeNumber } from '../command.ts';
import { GUARDRAIL_COLUMNS } from './list.ts';

interface Options {
  readonly connection?: string;
  readonly minutes?: number;
  readonly quorum?: number;
  readonly when?: string[];
}

/** `writ guardrail set`: adds a rule, or changes the one for the same operations and environments. */
export function setGuardrail(makeCli: CliFactory): Command {
  return verb('set', {
    summary: 'Adds a guardrail, or replaces the one for the same calls. Only an owner loosens.',
    examples: [
      "writ guardrail set protected '*:destroy' deny",
      "writ guardrail set other '*:destroy' hold --minutes 30",
      'writ guardrail set production domainDelete allow --connection acme',
      "writ guardrail set protected refundCreate approve --when 'input.amount at_least 5000'",
      "writ guardrail set protected '*:destroy' deny --when 'target.name starts_with acme/web'",
    ],
    notes: `Environments: an environment's name, or one of protected, ephemeral, other.
A rule with --when that tightens holds unless a call is plainly outside its conditions; one that loosens counts
only where the call is plainly inside them. ${TARGET_NAME} and ${TARGET_ID} are what the call acts on.`,
  })
    .argument('<environments>')
    .argument('<operations>', 'an operation, a pattern, or pattern:effect')
    .addArgument(new Argument('<outcome>').choices(OUTCOMES))
    .option('--connection <connection>', 'only for this connection')
    .option('--when <condition>', '"PATH COMPARISON VALUE" (may be given several times)', several)
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
    ...whenOption(options),
    ...defined({ hold_minutes: options.minutes, quorum: options.quorum }),
  };
}

/** The conditions that `--when` gives. */
export function whenOption({ when }: { readonly when?: string[] }): Pick<Guardrail, 'when'> {
  return when === undefined ? {} : { when: whenOf(when) };
}
