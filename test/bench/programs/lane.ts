/**
 * A broker's share of the log, for the measurement of lanes: appends events on the Postgres and to the organization (which stands for a
 * lane) given as JSON in its argument, `callers` at a time, until its input ends; then prints one line of JSON with what it reached.
 */
import { openAuditLog, openStore } from '@writ/store';

interface Job {
  readonly url: string;
  readonly lane: string;
  readonly callers: number;
}

const job: Job = JSON.parse(process.argv[2] ?? '');
const store = await openStore({ url: job.url, now: Date.now, poolSize: 1 });
const log = openAuditLog(store, { organization_id: job.lane });
const subjects = ['organization', 'connection', 'client', 'task', 'key'] as const;
const epochs = subjects.map((scope) => ({ scope, subject: `${scope}_bench`, epoch: 0 }));
const event = { kind: 'request.allowed', client_id: 'ci', request_id: 'req_bench', data: { text: 'a'.repeat(400) } };
const latencies: number[] = [];
let stopped = false;

async function caller(): Promise<void> {
  while (!stopped) {
    const started = performance.now();
    await log.append(event, { epochs, instead: () => event });
    latencies.push(performance.now() - started);
  }
}

process.stdout.write('ready\n');
const begun = performance.now();
process.stdin.resume().once('end', () => {
  stopped = true;
});
await Promise.all(Array.from({ length: job.callers }, caller));
const seconds = (performance.now() - begun) / 1000;
process.stdout.write(`${JSON.stringify({ count: latencies.length, seconds, latencies })}\n`);
await store.close();
