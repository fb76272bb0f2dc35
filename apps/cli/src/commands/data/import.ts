import { open } from 'node:fs/promises';
import { constants, gunzipSync } from 'node:zlib';
import { isJsonObject, Secret } from '@writ/core';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { runServer } from '../../server-process.ts';
import { verb } from '../command.ts';

/** `writ data import`. */
export function importData(makeCli: CliFactory): Command {
  return verb('import', {
    summary: 'Puts an export into an empty place, whole or not at all.',
    examples: ['writ data import writ.ndjson.gz', 'writ data import writ.ndjson.gz --identity private.pem'],
    notes: `Works on the machine of the broker, with its settings (WRIT_DATA_DIR or DATABASE_URL, WRIT_KEY_FILE).
The place must be empty; its key file is made where there is none. Nothing is written before the whole file
was checked. Sessions, one-time links and access tokens end. Of an export without secrets it lists what needs
a new one. With --stdin the line is the passphrase of the file.`,
  })
    .argument('<file>', 'the export')
    .option('--identity <file>', 'the private key that its secrets were sealed for')
    .action(async (file: string, { identity }: { identity?: string }) => {
      const flags = identity === undefined ? [] : [`--identity=${identity}`];
      const isAsked = identity === undefined && (await needsPassphrase(file));
      const passphrase = isAsked
        ? new Secret(await makeCli().prompt.secret('Its passphrase'), 'passphrase')
        : undefined;
      process.exitCode = await runServer(['data', 'import', ...flags, '--', file], passphrase);
    });
}

/** More than any header. */
const LONGEST_HEADER = 64 * 1024;

/** Whether the first line says that the secrets are sealed by a passphrase. What is wrong with the file is the server's to say. */
async function needsPassphrase(path: string): Promise<boolean> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(LONGEST_HEADER));
      const header: unknown = JSON.parse(firstLine(buffer.subarray(0, bytesRead)));
      const key = isJsonObject(header) ? header['file_key'] : undefined;
      return isJsonObject(key) && key['by'] === 'passphrase';
    } finally {
      await file.close();
    }
  } catch {
    return false;
  }
}

function firstLine(begin: Buffer): string {
  const isPacked = begin[0] === 0x1f && begin[1] === 0x8b;
  const bytes = isPacked ? gunzipSync(begin, { finishFlush: constants.Z_SYNC_FLUSH }) : begin;
  return bytes.toString('utf8').split('\n', 1)[0] ?? '';
}
