import type { Command } from 'commander';
import { runServer } from '../../server-process.ts';
import { verb } from '../command.ts';

/** `writ key-file replace`. */
export function replaceKeyFile(): Command {
  return verb('replace', {
    summary: 'Seals the database with a new key, and ends every session and one-time link.',
    examples: ['writ key-file replace'],
    notes: `Works on the machine of the broker, with its settings (WRIT_DATA_DIR or DATABASE_URL, WRIT_KEY_FILE).
With the embedded database, stop the broker first. On Postgres, brokers that run on the old key stop by
themselves; give each the new key file. Killed half-way, it is finished by running it again. It lists the
root credentials that are to be replaced at their providers if the old key may have leaked.`,
  }).action(async () => {
    process.exitCode = await runServer(['key-file', 'replace']);
  });
}
