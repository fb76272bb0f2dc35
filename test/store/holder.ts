/**
 * A program for the tests of the data folder's lock: opens the embedded database in the folder of its first argument, or with `lock` as
 * the second takes its lock alone. Prints `held`, or why not. Then appends an event for each line it is given, and prints its number.
 */
import { createInterface } from 'node:readline';
import { lockFolder } from '../../packages/store/src/lock-file.ts';

const [folder = '', what] = process.argv.slice(2);

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function onLost({ message }: Error): never {
  say(message);
  process.exit(1);
}

try {
  const lines = createInterface({ input: process.stdin });
  if (what === 'lock') {
    lockFolder(folder, { now: Date.now, onLost });
    say('held');
  } else {
    const { DEFAULT_ORGANIZATION, openAuditLog, openStore } = await import('@writ/store');
    const store = await openStore({ dataDir: folder, now: Date.now, onLost });
    const log = openAuditLog(store, { organization_id: DEFAULT_ORGANIZATION });
    say('held');
    lines.on('line', async () => {
      const { seq } = await log.append({ kind: 'lock.test' });
      say(String(seq));
    });
  }
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
