import { Secret } from '@writ/core';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { usage } from '../../failure.ts';
import { newPassword } from '../../input/answers.ts';
import { runServer } from '../../server-process.ts';
import { verb } from '../command.ts';

interface Options {
  readonly out: string;
  readonly withSecrets?: boolean;
  readonly recipient?: string;
}

/** `writ data export`. */
export function exportData(makeCli: CliFactory): Command {
  return verb('export', {
    summary: 'Writes all that there is into a file that people and other programs can read.',
    examples: [
      'writ data export --out writ.ndjson.gz',
      'writ data export --with-secrets --out writ.ndjson.gz',
      'writ data export --with-secrets --recipient public.pem --out writ.ndjson.gz',
    ],
    notes: `Works on the machine of the broker, with its settings (WRIT_DATA_DIR or DATABASE_URL, WRIT_KEY_FILE).
With the embedded database, stop the broker first. Without secrets the key file is not needed, and nobody can
use the file to get in. With them it is as good as the database and its key file for whoever opens it: by a
passphrase, which is asked for (with --stdin it is the line), or by the private key of --recipient (PEM:
X25519, P-256 or RSA).`,
  })
    .requiredOption('--out <file>', 'the file to make; compressed where its name ends in .gz')
    .option('--with-secrets', 'with root credentials, keys and hashes, sealed anew')
    .option('--recipient <file>', 'a public key: seal the secrets for it, not by a passphrase')
    .action(async ({ out, withSecrets = false, recipient }: Options) => {
      if (recipient !== undefined && !withSecrets) throw usage('--recipient is for --with-secrets.');
      const flags = [
        ...(withSecrets ? ['--with-secrets'] : []),
        ...(recipient === undefined ? [] : [`--recipient=${recipient}`]),
      ];
      const isAsked = withSecrets && recipient === undefined;
      const passphrase = isAsked ? await newPassword(makeCli().prompt, {}, 'passphrase') : undefined;
      const secret = passphrase === undefined ? undefined : new Secret(passphrase, 'passphrase');
      process.exitCode = await runServer(['data', 'export', ...flags, '--', out], secret);
    });
}
