/** `npm run bench [-- --quick] [<row> ...] [--json] [--server <file>]`: measures what "fast" means and prints one table. Asserts nothing. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../support/sources.ts';
import { type Bench, openBench } from './bench.ts';
import { type Row, tableOf } from './report.ts';
import { attacksRow } from './rows/attacks.ts';
import { auditRow } from './rows/audit.ts';
import { classifyRow } from './rows/classify.ts';
import { decideRow } from './rows/decide.ts';
import { embeddedRow } from './rows/embedded.ts';
import { garbageRow } from './rows/garbage.ts';
import { gatewayRow, largeRow } from './rows/gateway.ts';
import { growthRow } from './rows/growth.ts';
import { lanesRow } from './rows/lanes.ts';
import { latencyRow } from './rows/latency.ts';
import { memoryRow } from './rows/memory.ts';
import { mintRow } from './rows/mint.ts';
import { revocationRow } from './rows/revocation.ts';
import { startRow } from './rows/start.ts';
import { tokensRow } from './rows/tokens.ts';

/** In the order in which they run. */
const ROWS: Readonly<Record<string, (bench: Bench) => Promise<readonly Row[]>>> = {
  mint: mintRow,
  gateway: gatewayRow,
  latency: latencyRow,
  large: largeRow,
  garbage: garbageRow,
  growth: growthRow,
  embedded: embeddedRow,
  classify: classifyRow,
  decide: decideRow,
  revocation: revocationRow,
  audit: auditRow,
  lanes: lanesRow,
  memory: memoryRow,
  start: startRow,
  tokens: tokensRow,
  attacks: attacksRow,
};

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      server: { type: 'string', default: join(root, 'apps/server/dist/writ-server.js') },
    },
  });
  const wanted = [...values.only, ...positionals];
  const unknown = wanted.find((name) => !Object.hasOwn(ROWS, name));
  if (unknown !== undefined) {
    process.stderr.write(`bench: There is no row "${unknown}"; there are ${Object.keys(ROWS).join(', ')}.\n`);
    return 2;
  }
  const names = Object.keys(ROWS).filter((name) => wanted.length === 0 || wanted.includes(name));
  const bench = openBench(values);
  // Ctrl-C leaves nothing behind either.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void bench.end().finally(() => process.exit(130)));
  }
  const failures: string[] = [];
  const rows: Row[] = [];
  try {
    for (const name of names) rows.push(...(await runRow(bench, { name, failures })));
  } finally {
    await bench.end();
  }
  process.stdout.write(
    `${values.json ? JSON.stringify({ node: process.version, rows, failures }, null, 2) : tableOf(rows)}\n`,
  );
  for (const failure of failures) process.stderr.write(`bench: ${failure}\n`);
  return failures.length === 0 ? 0 : 1;
}

/** A measurement that fails is said, and leaves the others as they are. */
async function runRow(
  bench: Bench,
  { name, failures }: { readonly name: string; readonly failures: string[] },
): Promise<readonly Row[]> {
  const begun = performance.now();
  try {
    const rows = (await ROWS[name]?.(bench)) ?? [];
    bench.say(`measured ${name} in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
    return rows;
  } catch (error) {
    failures.push(`${name} could not be measured: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
}

process.exitCode = await main();
