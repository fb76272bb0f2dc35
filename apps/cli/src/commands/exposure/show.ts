import type { OutputOf } from '@writ/api';
import { inert } from '@writ/core';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { table } from '../../output/table.ts';
import { type PageOptions, paged, pageInput, verb } from '../command.ts';

type Exposure = OutputOf<'exposure.get'>;
interface Line {
  readonly item: Exposure['items'][number];
  readonly effect: Exposure['items'][number]['effects'][number];
}

/** `writ exposure`: what all grants come to. */
export function showExposure(makeCli: CliFactory): Command {
  const command = verb('exposure', {
    summary: 'Tells what clients can do, by environment and effect, and what to look at.',
    examples: ['writ exposure'],
  });
  return paged(command).action(async (options: PageOptions) => {
    const cli = makeCli();
    const exposure = await cli.call('exposure.get', pageInput(options));
    cli.show(exposure, () => {
      const lines = exposure.items.flatMap((item) => item.effects.map((effect) => ({ item, effect })));
      const columns = {
        environment: ({ item }: Line) => `${item.connection}/${item.environment}`,
        is: ({ item }: Line) => item.kind,
        effect: ({ effect }: Line) => effect.effect,
        clients: ({ effect }: Line) => effect.clients,
        operations: ({ effect }: Line) => effect.operations,
        outcome: ({ effect }: Line) =>
          effect.mildest === effect.strictest ? effect.mildest : `${effect.mildest} to ${effect.strictest}`,
      };
      const reached = lines.length === 0 ? 'No client reaches anything.' : table(lines, columns, cli.out.width);
      return [reached, findingsText(exposure), ...moreText(exposure)].join('\n\n');
    });
  });
}

function findingsText({ findings, findings_left_out }: Exposure): string {
  if (findings.length === 0) return 'Nothing to look at.';
  const more = findings_left_out === 0 ? [] : [`There are ${findings_left_out} more.`];
  return ['To look at:', ...findings.map(({ sentence }) => `  ${inert(sentence)}`), ...more].join('\n');
}

function moreText({ next_cursor }: Exposure): string[] {
  return next_cursor === null ? [] : [`There are more environments: add --cursor ${next_cursor}, or a larger --limit.`];
}
