import { open } from 'node:fs/promises';
import { type Checkpoint, defined, formatNoteVerifier, inertLine, verifyConsistency } from '@writ/core';
import type { Command } from 'commander';
import type { Cli, CliFactory } from '../../cli.ts';
import { keepPin, type Pin, pinFile, readPins } from '../../input/pin-file.ts';
import { verb } from '../command.ts';
import { distrust, givenKey, openOwn } from './signed.ts';

interface Options {
  readonly out?: string;
  readonly vkey?: string;
}

/** `writ audit checkpoint`: a signed statement of what the log is now, to be kept where the broker cannot change it. */
export function auditCheckpoint(makeCli: CliFactory): Command {
  return verb('checkpoint', {
    summary: 'Fetches a signed checkpoint of the audit log, proves that it continues the last one, and saves it.',
    examples: [
      'writ audit checkpoint --out checkpoint-2026-11.txt',
      'writ audit checkpoint > checkpoint.txt',
      'writ audit verify --checkpoint checkpoint.txt',
    ],
    notes:
      'The key is saved when first seen, and no other is believed after: compare it with what the administrator sees, or give\n--vkey. Keep checkpoints where nobody who can write to the database can: they prove what the log was.',
  })
    .option('--out <file>', 'a new file (default: standard output)')
    .option('--vkey <key>', 'the public key to believe, in the place of the saved one')
    .action((options: Options) => run(makeCli(), options));
}

async function run(cli: Cli, options: Options): Promise<void> {
  const url = await cli.url();
  const pin = (await readPins(cli.config.configDir)).get(url);
  const answer = await cli.call('audit.checkpoint', {});
  const note = String(answer.note);
  const vkey =
    options.vkey === undefined ? (pin?.vkey ?? String(answer.vkey)) : formatNoteVerifier(givenKey(options.vkey));
  const shown = openOwn(note, vkey);
  if (shown === undefined) throw wrongKey({ url, answered: String(answer.vkey), known: options.vkey ?? pin?.vkey });
  if (pin !== undefined) await continues(cli, { pin, shown });
  await keepPin(cli.config.configDir, { url, vkey, note });
  if (pin === undefined) {
    cli.out.remark(`This log's key is new here and was saved in ${pinFile(cli.config.configDir)}: ${vkey}`);
  }
  if (options.out !== undefined) await write(options.out, note);
  const { out } = options;
  cli.show({ ...answer, ...defined({ file: out }) }, () =>
    out === undefined ? note.slice(0, -1) : `A checkpoint of ${shown.size} entries is in ${out}.`,
  );
}

async function write(path: string, note: string): Promise<void> {
  const file = await open(path, 'wx', 0o644);
  try {
    await file.write(note);
  } finally {
    await file.close();
  }
}

interface Step {
  readonly pin: Pin;
  readonly shown: Checkpoint;
}

/** Throws where the log that is shown does not begin with the one that was saved. */
async function continues(cli: Cli, { pin, shown }: Step): Promise<void> {
  const saved = openOwn(pin.note, pin.vkey);
  if (saved === undefined) {
    throw distrust('checkpoint_damaged', `The checkpoint in ${pinFile(cli.config.configDir)} is not as it was saved.`);
  }
  if (shown.size < saved.size) {
    throw distrust(
      'older_than_saved',
      `The broker shows a checkpoint of ${shown.size} entries, older than the one of ${saved.size} that was saved here: its log lost its end, or an old copy of its database was put back.`,
    );
  }
  if (!(await begins(cli, { saved, shown }))) {
    throw distrust(
      'rewritten',
      `The broker's log of ${shown.size} entries does not begin with the ${saved.size} that it signed before: history was rewritten. The checkpoint saved before stays saved.`,
    );
  }
}

async function begins(
  cli: Cli,
  { saved, shown }: { readonly saved: Checkpoint; readonly shown: Checkpoint },
): Promise<boolean> {
  const [first, second] = [saved.size, shown.size];
  const claim = { first, second, first_root: saved.root, second_root: shown.root };
  if (first === second) return verifyConsistency({ ...claim, proof: [] });
  const answer = await cli.call('audit.proof', { first, second });
  if (answer.kind !== 'consistency' || !Array.isArray(answer.proof)) return false;
  return verifyConsistency({ ...claim, proof: answer.proof.map((hash) => Buffer.from(String(hash), 'base64')) });
}

function wrongKey(at: { readonly url: string; readonly answered: string; readonly known: string | undefined }) {
  const url = inertLine(at.url, 300);
  if (at.known === undefined) {
    return distrust('checkpoint_malformed', `What ${url} answered is not a checkpoint signed by the key it shows.`);
  }
  return distrust(
    'wrong_key',
    `What ${url} answered is not signed by the key you trust for it (${inertLine(at.known, 500)}); it shows ${inertLine(at.answered, 500)}. Another broker answers there, or its key was replaced: ask its administrator, and give --vkey with the right key.`,
  );
}
