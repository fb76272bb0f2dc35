import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { type AuditHead, counted, defined, inert, type LogReport, type Prune, verifyLog } from '@writ/core';
import type { Command } from 'commander';
import type { Cli, CliFactory } from '../../cli.ts';
import { EXIT, usage } from '../../failure.ts';
import { verb } from '../command.ts';
import { signedTrees } from './against.ts';

interface Options {
  readonly head?: string;
  readonly export?: string;
  readonly checkpoint?: string;
  readonly vkey?: string;
}

/** `writ audit verify`: proves on this machine, with nothing but the entries, that none was changed. */
export function verifyAudit(makeCli: CliFactory): Command {
  return verb('verify', {
    summary:
      'Proves that the audit log is whole: no entry edited, removed, inserted or moved. Computed here, not by the broker.',
    examples: [
      'writ audit verify',
      'writ audit verify audit.ndjson',
      'writ audit verify --checkpoint checkpoint.txt --export audit.ndjson',
    ],
    notes:
      'Without a file the log is read from the broker. A head kept from an earlier run also proves that nothing was cut off\nat the end since; a checkpoint kept from `writ audit checkpoint` also proves that nothing before it was written anew,\nchain and all. With both files nobody is asked. The exit code is 1 when the log is not whole.',
  })
    .argument('[file]', 'an export (NDJSON)')
    .option('--head <seq:hash>', 'an entry it must contain, as an earlier run printed it')
    .option('--export <file>', 'the same as the argument')
    .option('--checkpoint <file>', 'a signed checkpoint that the log must bear out')
    .option('--vkey <key>', 'the key of the checkpoint (default: the saved one, with the checkpoint saved with it)')
    .action((file: string | undefined, options: Options) => run(makeCli(), file, options));
}

async function run(cli: Cli, argument: string | undefined, options: Options): Promise<void> {
  const { head, checkpoint, vkey } = options;
  const file = argument ?? options.export;
  if (argument !== undefined && options.export !== undefined)
    throw usage('Give the export once: as argument or as --export.');
  if (vkey !== undefined && checkpoint === undefined) throw usage('--vkey needs --checkpoint.');
  const signed = checkpoint === undefined ? [] : await signedTrees(cli, { checkpoint, vkey });
  const expected = { signed, ...defined({ head: head === undefined ? undefined : headOf(head) }) };
  const entries = file === undefined ? await cli.call('audit.export', {}) : await linesOf(file);
  const report = await verifyLog(entries, expected);
  const sizes = signed.map(({ size }) => size);
  const signed_sizes = checkpoint === undefined ? undefined : sizes;
  cli.show({ ...report, ...defined({ signed_sizes }) }, () => reportText(report, sizes));
  if (!report.whole) process.exitCode = EXIT.failed;
}

function headOf(text: string): AuditHead {
  const [, seq = '', hash = ''] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (hash === '')
    throw usage('--head must be a number, a colon and 64 hex digits, as `writ audit verify` prints them.');
  return { seq: Number(seq), hash };
}

async function linesOf(path: string): Promise<AsyncIterable<string>> {
  // Opened before the stream, so that a missing file is told as such.
  await stat(path);
  return createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY });
}

function reportText(report: LogReport, signed: readonly number[]): string {
  if (!report.whole) return `NOT WHOLE at entry ${report.seq} (${report.fault}): ${inert(report.detail)}`;
  const { head, entries, pruned } = report;
  const whole = `whole: ${counted(entries, 'event', 'events')}, head ${head.seq}:${head.hash}${prunedText(pruned)}`;
  if (signed.length > 0) {
    const most = Math.max(...signed);
    if (pruned !== undefined) return `${whole}\nUp to entry ${most}, what remains is, byte for byte, what was signed.`;
    return `${whole}\nThe first ${most === 1 ? 'one is, byte for byte, the one that was' : `${most} are, byte for byte, those that were`} signed.`;
  }
  return `${whole}\nKeep the head elsewhere: with --head, a later run proves that nothing before it was cut off.`;
}

function prunedText(pruned: Prune | undefined): string {
  if (pruned === undefined) return '';
  return `\n${pruned.last === 1 ? 'Entry 1 was' : `Entries 1 to ${pruned.last} were`} pruned, as the log says itself.`;
}
