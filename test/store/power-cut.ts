/**
 * A program for the tests of power loss: works on the embedded database in a folder, new or not, on a disk that forgets what was not
 * synced. At random moments it writes down, as folders 0, 1, ... in `images`, what such a disk could still have if the power failed just
 * then; `acknowledged.json` in each says what had been acknowledged. The last cuts fall into the clean stop. Prints the number of images.
 */
import fs, { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ForgetfulDisk, type Remains, type Survives } from './forgetful-disk.ts';
import { ACKNOWLEDGED, type Acknowledged, type PowerJob } from './power-image.ts';

const { dataDir, images, cuts: wanted, seed, gap }: PowerJob = JSON.parse(process.argv[2] ?? '');

/** Mulberry32: the same cuts for the same seed, as far as the order of the work is the same. */
let state = seed;
function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}

mkdirSync(dataDir, { recursive: true, mode: 0o700 });
const before = join(dataDir, ACKNOWLEDGED);
const acknowledged: Acknowledged = existsSync(before)
  ? JSON.parse(readFileSync(before, 'utf8'))
  : { events: [], marks: 0 };
// Reading the lock's file and closing it would end the lock.
const disk = new ForgetfulDisk(dataDir, (path) => /\/(lock\.db[^/]*|acknowledged\.json)$/.test(path));
/** The cuts that the stop is left for. */
const AT_THE_STOP = 2;
let [steps, cuts] = [0, 0];
let [most, next] = [wanted - AT_THE_STOP, 0];
let isStopping = false;

/** In turn: nothing that was not synced; all of it but the log; all of it; any sectors; all up to a moment; any sectors of the log. */
function remains(turn: number): Remains {
  const [part, until] = [random(), disk.writes - Math.floor(random() * 300)];
  const isLog = (file: string): boolean => file.includes('/pg_wal/');
  const ways: readonly Survives[] = [
    () => false,
    (file) => !isLog(file),
    () => true,
    () => random() < part,
    (_, order) => order <= until,
    (file) => isLog(file) && random() < part,
  ];
  const names = [0, 1, random(), random()][Math.floor(random() * 4)] ?? 0;
  return { survives: ways[turn % ways.length] ?? (() => false), names };
}

disk.onStep = () => {
  steps += 1;
  if (steps < next || cuts >= most) return;
  next = steps + 1 + Math.floor(random() * (isStopping ? 20 : gap));
  const image = join(images, String(cuts));
  disk.image(image, remains(cuts + seed));
  writeFileSync(join(image, ACKNOWLEDGED), JSON.stringify(acknowledged));
  cuts += 1;
};
next = 1 + Math.floor(random() * gap);
disk.mount();
const { DEFAULT_ORGANIZATION: organization_id, openAuditLog, openStore } = await import('@writ/store');
const store = await openStore({ dataDir, now: Date.now });
const log = openAuditLog(store, { organization_id });
await store.driver.script((run) => run({ text: 'create table if not exists marks (mark int primary key, text text)' }));

/** Appends events, some longer than a page. */
async function append(): Promise<void> {
  while (cuts < most) {
    const { seq } = await log.append({ kind: 'power.test', data: { text: 'x'.repeat(Math.floor(random() * 12_000)) } });
    acknowledged.events.push(seq);
  }
}

/** Writes rows and changes them, and now and then all that was changed to its files, which must not be there before the log. */
async function mark(): Promise<void> {
  while (cuts < most) {
    const now = acknowledged.marks + 1;
    await store.driver.script((run) =>
      run({
        text: `insert into marks values (${now}, 'new') on conflict do nothing; update marks set text = text || '.' where mark > ${now - 50}`,
      }),
    );
    acknowledged.marks = now;
    if (now % 40 === 0) await store.driver.script((run) => run({ text: 'checkpoint' }));
  }
}

await Promise.all([mark(), ...Array.from({ length: 8 }, append)]);
isStopping = true;
most = wanted;
next = steps + 1;
await log.drain();
await store.close();
fs.writeSync(1, `${cuts}\n`);
