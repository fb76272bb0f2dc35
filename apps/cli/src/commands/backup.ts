import { createWriteStream } from 'node:fs';
import { access, constants, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { backupName, chunksOf, DataFileForm, type DataHeader, WritError } from '@writ/core';
import type { Command } from 'commander';
import type { Cli, CliFactory } from '../cli.ts';
import { EXIT, Failure } from '../failure.ts';
import { verb } from './command.ts';

/** `writ backup`: all that the broker's database holds, in one file. */
export function backup(makeCli: CliFactory): Command {
  return verb('backup', {
    summary: 'Writes all that the database holds into one file, while the broker runs; secrets stay sealed in it.',
    examples: ['writ backup', 'writ backup --out /mnt/elsewhere', 'writ backup --out before-the-upgrade.ndjson.gz'],
    notes:
      'For owners. The key file is not in it: keep a copy of that too, at another place than the backups. With both, `writ restore FILE`\nmakes the broker anew; a backup without its key file opens nothing. With --stdin the line is your password.',
  })
    .option('--out <path>', 'a new file, or a folder (default: this folder), in which its name says when it was made')
    .action(({ out = '.' }: { readonly out?: string }) => run(makeCli(), resolve(out)));
}

async function run(cli: Cli, out: string): Promise<void> {
  const isFolder = (await stat(out).catch(() => undefined))?.isDirectory() === true;
  // Before the password is asked for.
  if (!isFolder) await refuseExisting(out);
  const folder = isFolder ? out : dirname(out);
  const part = join(folder, `.${isFolder ? 'writ-backup' : basename(out)}.${process.pid}.part`);
  await access(folder, constants.W_OK);
  try {
    const lines = await cli.call('backup.make', {});
    await rm(part, { force: true });
    const header = await write(lines, part);
    const file = isFolder ? join(folder, backupName(header)) : out;
    await refuseExisting(file);
    await rename(part, file);
    await syncFolder(folder);
    const bytes = (await stat(file)).size;
    const { kek_id, log } = header;
    cli.show({ file, bytes, kek_id, log }, () => told({ file, bytes, header }));
  } finally {
    await rm(part, { force: true });
  }
}

/** Writes the lines, compressed, onto the disk. Throws a `Failure` where they ended too early. */
async function write(lines: AsyncIterable<string>, part: string): Promise<DataHeader> {
  const form = new DataFileForm();
  try {
    await pipeline(
      chunksOf(checked(lines, form)),
      createGzip(),
      createWriteStream(part, { flags: 'wx', mode: 0o600, flush: true }),
    );
    return form.end();
  } catch (error) {
    if (!(error instanceof WritError)) throw error;
    throw new Failure(EXIT.failed, `The broker did not answer a whole backup, so no file was made. ${error.message}`);
  }
}

async function* checked(lines: AsyncIterable<string>, form: DataFileForm): AsyncGenerator<string> {
  for await (const line of lines) {
    form.take(line);
    yield line;
  }
}

async function refuseExisting(path: string): Promise<void> {
  if ((await stat(path).catch(() => undefined)) !== undefined)
    throw new Failure(EXIT.failed, `${path} is there already and is not overwritten; give another name.`);
}

/** A new name is only sure to be there after a loss of power when its folder was written too. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

interface Written {
  readonly file: string;
  readonly bytes: number;
  readonly header: DataHeader;
}

function told({ file, bytes, header: { kek_id, log } }: Written): string {
  return [
    `All that the database holds is in ${file} (${Math.ceil(bytes / 1024)} KiB), with ${log.seq} entries of the audit log.`,
    `Its secrets are sealed with the key ${kek_id}, whose key file is not in it: without that file this backup opens nothing, and who has both has everything. Keep it on another machine than the broker, and a copy of the key file at a third place.`,
    `Put it back on the broker's machine, into an empty place: \`writ restore ${basename(file)}\``,
  ].join('\n');
}
