import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { verb } from '../command.ts';

/** `writ key-file copied`. */
export function keyFileCopied(makeCli: CliFactory): Command {
  return verb('copied', {
    summary: 'Remembers that a copy of the key file is kept on another machine, which `writ doctor` asks once.',
    examples: ['writ key-file copied', 'writ key-file copied --no'],
    notes: `A copy on the same machine is lost with it. The answer is kept in the database, for the key of today: after
\`writ key-file replace\` there is a new key file to copy.`,
  })
    .option('--no', 'there is no copy: takes the answer back')
    .action(async ({ no }: { no?: boolean }) => {
      const cli = makeCli();
      const { kek_id } = await cli.call('key_file.get', {});
      const copy_kept = no !== true;
      const answer = await cli.call('key_file.put', { kek_id, copy_kept });
      cli.show(answer, () =>
        copy_kept
          ? `Remembered: a copy of the file of key ${kek_id} is kept on another machine.`
          : `Remembered: there is no copy of the file of key ${kek_id}.`,
      );
    });
}
