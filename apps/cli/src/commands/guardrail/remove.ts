import { defined, isSamePlace } from '@writ/core';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { EXIT, Failure } from '../../failure.ts';
import { table } from '../../output/table.ts';
import { several, verb } from '../command.ts';
import { GUARDRAIL_COLUMNS } from './list.ts';
import { whenOption } from './set.ts';

interface Options {
  readonly connection?: string;
  readonly when?: string[];
}

/** `writ guardrail remove`. */
export function removeGuardrail(makeCli: CliFactory): Command {
  return verb('remove', {
    summary: 'Removes an added guardrail; the shipped set stays.',
    examples: [
      "writ guardrail remove protected '*:destroy'",
      'writ guardrail remove production domainDelete --connection acme',
    ],
  })
    .argument('<environments>')
    .argument('<operations>')
    .option('--connection <connection>', 'the one that is only for this connection')
    .option('--when <condition>', 'the one with this condition (may be given several times)', several)
    .action(async (environments: string, operations: string, { when, ...options }: Options) => {
      const cli = makeCli();
      const place = { environments, operations, ...options, ...whenOption(defined({ when })) };
      const before = await cli.call('guardrails.get', {});
      const items = before.items.filter((rule) => !isSamePlace(rule, place));
      if (items.length === before.items.length) {
        throw new Failure(
          EXIT.failed,
          'No such guardrail was added; `writ guardrail list` shows them. One with conditions is named with its --when.',
        );
      }
      const after = await cli.call('guardrails.put', { items, version: before.version });
      cli.show(after, () =>
        after.items.length === 0
          ? 'Removed; none is left but the shipped set.'
          : table(after.items, GUARDRAIL_COLUMNS, cli.out.width),
      );
    });
}
