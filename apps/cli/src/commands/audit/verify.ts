import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { type AuditHead, type ChainReport, inert, verifyChain } from '@writ/core';
import type { Command } from 'commander';
import type { Cli, CliFactory } from '../../cli.ts';
import { EXIT, usage } from '../../failure.ts';
import { verb } from '../command.ts';

/** `writ audit verify`: proves on this machine, with nothing but the entries, that none was changed. */
export function verifyAudit(makeCli: CliFactory): Command {
  return verb('verify', {
    summary:
      'Proves that the audit log is whole: no entry edited, removed, inserted or moved. Computed here, not by the broker.',
    examples: ['writ audit verify', 'writ audit verify audit.ndjson', 'writ audit verify --head 1289:5f0c...'],
    notes:
      'Without a file the log is read from the broker. A head kept from an earlier run also proves that nothing was cut off\nat the end since. The exit code is 1 when the log is not whole.',
  })
    .argument('[file]', 'an export (NDJSON)')
    .option('--head <seq:hash>', 'an entry it must contain, as an earlier run printed it')
    .action((file: string | undefined, options: { head?: string }) => run(makeCli(), file, options));
}

async function run(cli: Cli, file: string | undefined, options: { head?: string }): Promise<void> {
  const expected = options.head === undefined ? {} : { head: headOf(options.head) };
  const entries = file === undefined ? await cli.call('audit.export', {}) : await linesOf(file);
  const report = await verifyChain(entries, expected);
  cli.show(report, () => reportText(report));
  if (!report.whole) process.exitCode = EXIT.failed;
}

function headOf(text: string): AuditHead {
  const [, seq = '', hash = ''] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (hash === '')
    throw usage('--head must be a number, a colon and 64 hex digits, as `writ audit verify` prints them.');
  return { seq: Number(seq), hash };
}

async function linesOf(path: string): Promise<AsyncIterable<string>> {
  // Before the stream, so that a file that is not there is said as such.
  await stat(path);
  return createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY });
}

function reportText(report: ChainReport): string {
  if (!report.whole) return `NOT WHOLE at entry ${report.seq} (${report.fault}): ${inert(report.detail)}`;
  const { head, entries } = report;
  return `whole: ${entries} events, head ${head.seq}:${head.hash}\nKeep the head elsewhere: with --head, a later run proves that nothing before it was cut off.`;
}
