import { open } from 'node:fs/promises';
import { counted, defined } from '@writ/core';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { verb, wholeNumber } from '../command.ts';

interface Options {
  readonly out?: string;
  readonly after?: number;
}

/** `writ audit export`: the log, entry by entry, exactly as it was chained. */
export function exportAudit(makeCli: CliFactory): Command {
  return verb('export', {
    summary: 'Writes the audit log as it was chained, one entry a line: what `writ audit verify FILE` checks.',
    examples: ['writ audit export --out audit.ndjson', 'writ audit export --after 1200 > newer.ndjson'],
  })
    .option('--out <file>', 'a new file, mode 600 (default: standard output)')
    .option('--after <seq>', 'only what follows this entry', wholeNumber)
    .action(async (options: Options) => {
      const cli = makeCli();
      const file = options.out === undefined ? undefined : await open(options.out, 'wx', 0o600);
      let count = 0;
      try {
        for await (const entry of await cli.call('audit.export', defined({ after: options.after }))) {
          count += 1;
          if (file === undefined) cli.out.line(entry);
          else await file.write(`${entry}\n`);
        }
      } finally {
        await file?.close();
      }
      if (file !== undefined)
        cli.show(
          { file: options.out, entries: count },
          () => `${counted(count, 'entry is', 'entries are')} in ${options.out}.`,
        );
    });
}
