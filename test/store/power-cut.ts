/**
 * A program for the tests of power loss: appends events on the embedded database in the folder given, on a disk that forgets what was
 * not synced. At moments in the middle of its work it writes down, as folders in the second argument, what such a disk could still have
 * if the power failed just then; `acknowledged.json` in each names the events that had been acknowledged. Prints `done`.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';

const [dataDir = '', images = ''] = process.argv.slice(2);
const acknowledged: number[] = [];
const PAGE = 4096;
const CUTS = 6;
let [operations, cuts, nextCut] = [0, 0, Number.POSITIVE_INFINITY];

/** A file as the disk has it, and what was written since it was synced: whole pages, any of which may have reached the disk. */
class Inode {
  durable: Buffer;
  pending: { readonly at: number; readonly bytes: Buffer }[] = [];

  constructor(durable: Buffer) {
    this.durable = durable;
  }

  write(at: number, bytes: Buffer): void {
    for (let from = 0; from < bytes.length; from += PAGE) {
      this.pending.push({ at: at + from, bytes: bytes.subarray(from, from + PAGE) });
    }
  }

  with(isThere: () => boolean): Buffer {
    return this.pending.filter(isThere).reduce(patched, this.durable);
  }

  synced(upTo: number): void {
    this.durable = this.pending.splice(0, upTo).reduce(patched, this.durable);
  }
}

function patched(content: Buffer, { at, bytes }: { readonly at: number; readonly bytes: Buffer }): Buffer {
  const grown =
    content.length >= at + bytes.length
      ? content
      : Buffer.concat([content, Buffer.alloc(at + bytes.length - content.length)]);
  bytes.copy(grown, at);
  return grown;
}

const real = { ...fs };
const inodes = new Map<string, Inode>();
const opened = new Map<number, string>();

/** True while this program itself uses the disk: what Node's own functions open must not be counted. */
let own = false;

function aside<T>(work: () => T): T {
  const before = own;
  own = true;
  try {
    return work();
  } finally {
    own = before;
  }
}

function inodeAt(path: string): Inode {
  const found = inodes.get(path) ?? new Inode(aside(() => contentOf(path)));
  inodes.set(path, found);
  return found;
}

function contentOf(path: string): Buffer {
  return real.existsSync(path) ? real.readFileSync(path) : Buffer.alloc(0);
}

const isOurs = (path: unknown): path is string =>
  !own && typeof path === 'string' && path.startsWith(join(dataDir, 'postgres'));

/** Names are kept in order by every file system in use; so only what is in files can be lost. */
const disk = {
  openSync: (...args: Parameters<typeof fs.openSync>) => {
    const [path] = args;
    // What is there before it may be changed.
    if (isOurs(path) && real.statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) inodeAt(path);
    const fd = real.openSync(...args);
    if (isOurs(path)) opened.set(fd, path);
    return fd;
  },
  closeSync: (fd: number) => {
    opened.delete(fd);
    real.closeSync(fd);
  },
  writeSync: (fd: number, buffer: Uint8Array, offset: number, length: number, position: number) => {
    const path = opened.get(fd);
    if (path !== undefined) {
      step();
      inodeAt(path).write(position, Buffer.from(buffer.slice(offset, offset + length)));
    }
    return real.writeSync(fd, buffer, offset, length, position);
  },
  fsyncSync: (fd: number) => synced(fd, () => real.fsyncSync(fd)),
  fdatasyncSync: (fd: number) => synced(fd, () => real.fdatasyncSync(fd)),
  fdatasync: (fd: number, done: (error: Error | null) => void) => {
    const path = opened.get(fd);
    const [inode, upTo] = path === undefined ? [] : [inodeAt(path), inodeAt(path).pending.length];
    real.fdatasync(fd, (error) => {
      step();
      inode?.synced(upTo ?? 0);
      done(error);
    });
  },
  renameSync: (from: string, to: string) => {
    real.renameSync(from, to);
    const moved = inodes.get(from);
    inodes.delete(from);
    if (moved === undefined) inodes.delete(to);
    else inodes.set(to, moved);
  },
  unlinkSync: (path: string) => {
    real.unlinkSync(path);
    inodes.delete(path);
  },
  truncateSync: (path: string, length: number) => {
    if (isOurs(path)) cut(path, length);
    real.truncateSync(path, length);
  },
  ftruncateSync: (fd: number, length: number) => {
    const path = opened.get(fd);
    if (path !== undefined) cut(path, length);
    real.ftruncateSync(fd, length);
  },
};

function cut(path: string, length: number): void {
  const inode = inodeAt(path);
  inode.durable = Buffer.from(inode.with(() => true).subarray(0, length));
  inode.pending = [];
}

function synced(fd: number, sync: () => void): void {
  step();
  sync();
  const path = opened.get(fd);
  if (path !== undefined && inodes.has(path)) inodeAt(path).synced(Number.POSITIVE_INFINITY);
}

/** Counts what is done to the disk, and fails the power at some of these moments. */
function step(): void {
  operations += 1;
  if (operations < nextCut || cuts >= CUTS) return;
  nextCut = operations + 97 + 31 * cuts;
  aside(() => failPower(cuts));
  cuts += 1;
}

/** In turn: nothing that was not synced is there; all of it but the log's; any of it. */
function failPower(which: number): void {
  const image = join(images, String(which));
  // Reading the lock's file and closing it would end the lock.
  real.cpSync(dataDir, image, { recursive: true, filter: (path) => !path.endsWith('lock.db') });
  let random = which;
  const isThere = (path: string) => (): boolean => {
    if (which % 3 === 0) return false;
    if (which % 3 === 1) return !path.includes('/pg_wal/');
    random = (random * 1_103_515_245 + 12_345) % 2 ** 31;
    return random > 2 ** 30;
  };
  for (const [path, inode] of inodes) {
    const place = join(image, path.slice(dataDir.length));
    if (real.existsSync(place)) real.writeFileSync(place, inode.with(isThere(path)));
  }
  real.writeFileSync(join(image, 'acknowledged.json'), JSON.stringify(acknowledged));
}

Object.assign(fs, disk);
syncBuiltinESMExports();
const { DEFAULT_ORGANIZATION: organization_id, openAuditLog, openStore } = await import('@writ/store');
const store = await openStore({ dataDir, now: Date.now });
const log = openAuditLog(store, { organization_id });
nextCut = operations + 50;
const caller = async (): Promise<void> => {
  while (cuts < CUTS) {
    const { seq } = await log.append({ kind: 'power.test', data: { text: 'x'.repeat(2_000) } });
    acknowledged.push(seq);
    // Now and then all that was changed is written to its files, which must not be there before the log.
    if (seq % 40 === 0) await store.driver.script((run) => run({ text: 'checkpoint' }));
  }
};
await Promise.all(Array.from({ length: 8 }, caller));
await store.close();
process.stdout.write('done\n');
