/**
 * A program for the race of decisions with freezes: a broker's part. It reads the epochs, then records `allowed` on condition that
 * they still hold, over and over, many at once; when told on standard input to stop, it ends. It prints `ready` only.
 */
import { openAuditLog, openStore, DEFAULT_ORGANIZATION as organization_id, readEpochs } from '@writ/store';

const store = await openStore({ url: process.argv[2] ?? '', now: Date.now });
const log = openAuditLog(store, { organization_id });
const keys = [{ scope: 'connection', subject: 'con_1' }] as const;
let running = true;
process.stdin.once('data', () => {
  running = false;
});

async function decide(): Promise<void> {
  while (running) {
    const epochs = await readEpochs(store.db, { organization_id, keys });
    const data = { epoch: epochs[0]?.epoch ?? -1 };
    await log.append({ kind: 'race.allowed', data }, { epochs, instead: () => ({ kind: 'race.refused', data }) });
  }
}

process.stdout.write('ready\n');
await Promise.all(Array.from({ length: 30 }, decide));
process.stdin.destroy();
await store.close();
