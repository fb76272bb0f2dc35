import { setTimeout as sleep } from 'node:timers/promises';
import { followEvents } from '@writ/api';
import { defined, inertLine } from '@writ/core';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { verb, wholeNumber } from '../command.ts';

interface Options {
  readonly kinds?: string;
  readonly after?: number;
}

/** `writ audit watch`. */
export function watchAudit(makeCli: CliFactory): Command {
  return verb('watch', {
    summary: 'Shows audit events as they are recorded, until it is stopped.',
    examples: [
      'writ audit watch',
      'writ audit watch --kinds approval,hold,freeze',
      'writ audit watch --after 1200 --json',
    ],
  })
    .option('--kinds <kinds>', 'only these kinds, or kinds that begin so, with commas between them')
    .option('--after <seq>', 'from after this entry on (default: from now on)', wholeNumber)
    .action(async (options: Options) => {
      const cli = makeCli();
      const { kinds } = options;
      const events = followEvents({
        open: (after) => cli.call('events.stream', defined({ after, kinds })),
        wait: (ms) => sleep(ms),
        ...defined({ after: options.after }),
      });
      for await (const event of events) {
        const { at, kind, client_id, actor, operations = [], connection, result } = event;
        const words = [at.slice(11, 19), kind, client_id ?? actor, ...operations, connection, result];
        cli.show(event, () => inertLine(words.filter((word) => word !== undefined).join(' '), 500));
      }
    });
}
