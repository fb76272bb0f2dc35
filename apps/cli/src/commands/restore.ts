import type { Command } from 'commander';
import { runServer } from '../server-process.ts';
import { verb } from './command.ts';

/** `writ restore`. */
export function restore(): Command {
  return verb('restore', {
    summary: 'Puts a backup into an empty place, whole or not at all.',
    examples: ['writ restore writ-20261128T030000Z-1840-0f3a9c12be77.ndjson.gz'],
    notes: `Works on the machine of the broker, with its settings (WRIT_DATA_DIR or DATABASE_URL, WRIT_KEY_FILE).
The place must be empty, and the key file the one that the backup was sealed with. Nothing is written before
the whole file was checked. Sessions, one-time links and access tokens end. What was taken away after the
backup (grants, clients, users) is there again: with --frozen nothing passes until an owner has lifted that.`,
  })
    .argument('<file>', 'the backup')
    .option('--frozen', 'freeze everything, until an owner lifts it')
    .action(async (file: string, { frozen }: { frozen?: boolean }) => {
      process.exitCode = await runServer(['restore', file, ...(frozen === true ? ['--frozen'] : [])]);
    });
}
