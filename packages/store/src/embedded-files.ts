import { closeSync, fdatasync, fdatasyncSync, fsyncSync, openSync } from 'node:fs';
import { open, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/**
 * The arguments with which PGlite starts, without `-F`, which switches `fsync` off, and with the one way to sync the write-ahead log that
 * reaches our file system. Its buffers are cleared one byte after the other at each start: half of its own 128 MB is as much as is
 * written between two checkpoints.
 */
export const DURABLE_START: readonly string[] = [
  ...PGlite.defaultStartParams.filter((param) => param !== '-F'),
  '-c',
  'wal_sync_method=fsync',
  '-c',
  'shared_buffers=64MB',
];

/** Tells whether the database in a folder was closed in order, so that all of it is on the disk: the 17th byte of `pg_control` says so. */
export async function wasClosed(folder: string): Promise<boolean> {
  const control = await readFile(join(folder, 'global/pg_control'));
  return control.readUInt32LE(16) === 1;
}

/**
 * Writes a folder with everything in it to the disk. PGlite never syncs what it copies there when it makes a database, and a broker that
 * was killed may have left something unsynced. Postgres would do it by itself, but one file after the other.
 */
export async function syncTree(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const paths = entries
    .filter((entry) => entry.isFile() || entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
  paths.push(folder, dirname(folder));
  // Several files at a time: a disk writes them together.
  const next = paths.values();
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (const path of next) await syncPath(path);
    }),
  );
}

/** Writes a file or a folder, that is the names in it, to the disk. */
export async function syncPath(path: string): Promise<void> {
  const file = await open(path, 'r');
  await file.sync().finally(() => file.close());
}

/** A file of the write-ahead log. */
const SEGMENT = /\/pg_wal\/[0-9A-F]{24}$/;

/** The file by which Postgres itself locks a folder. It is written before anything is looked at: an empty one would keep Postgres out. */
const OWN_LOCK = /\/postmaster\.pid$/;

/** An open file of PGlite's, as its file system has it. */
interface Stream {
  readonly nfd: number;
  readonly node: object;
}

type Operation = (...args: unknown[]) => unknown;

/** The parts of Emscripten's file system on Node. It has no `fsync` of its own for files. */
interface NodeFiles {
  readonly realPath: (node: object) => string;
  readonly node_ops: Record<string, Operation>;
  readonly stream_ops: Record<string, Operation>;
}

interface Emscripten {
  readonly NODEFS: NodeFiles;
  /** The only kind of error that reaches the database, which sees the number. */
  readonly FS: { readonly ErrnoError: new (errno: number) => Error };
}

/** EIO, as WASI counts. */
const INPUT_OUTPUT = 29;

const syncData = promisify(fdatasync);

/**
 * The files of an embedded database, made durable. Postgres writes its log first and, at each commit, waits for the sync of the log. Here
 * that sync is put off, so that it runs beside the event loop and many commits share it: `settle` waits for it. No other file may reach
 * the disk before the log does; before one is touched the log is synced at once. The folder must be on the disk already (`syncTree`)
 * unless it was closed in order.
 */
export class DurableFiles extends NodeFS {
  /** How many files of the log were begun since the reader last set this to 0. */
  segments = 0;
  readonly #onFailed: (error: Error) => void;
  #segment: { readonly path: string; readonly fd: number } | undefined;
  /** How often the log was written with its sync put off, and how many of these writes are on the disk. */
  #written = 0;
  #durable = 0;
  #syncing: Promise<void> | undefined;
  #failure: Error | undefined;
  /** True until something is written: everything before that was synced by `syncTree`. */
  #isUntouched = true;

  /** `onFailed` is called when the disk did not take something: then nobody knows what is on it, and nothing is durable any more. */
  constructor(folder: string, onFailed: (error: Error) => void) {
    super(folder);
    this.#onFailed = onFailed;
  }

  override async init(pg: PGlite, options: Parameters<NodeFS['init']>[1]): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(pg, options);
    const preRun = [...(emscriptenOpts.preRun ?? []), (mod: object) => this.#hook(mod as Emscripten)];
    return { emscriptenOpts: { ...emscriptenOpts, preRun } };
  }

  /** Returns once all that was committed before is on the disk. Throws when the disk did not take it. */
  async settle(): Promise<void> {
    const wanted = this.#written;
    while (this.#durable < wanted) {
      this.#syncing ??= this.#sync().finally(() => {
        this.#syncing = undefined;
      });
      await this.#syncing;
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  override async closeFs(): Promise<void> {
    await this.settle();
    if (this.#segment !== undefined) closeSync(this.#segment.fd);
    this.#segment = undefined;
    await super.closeFs();
  }

  async #sync(): Promise<void> {
    const upTo = this.#written;
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#segment === undefined) return;
    await syncData(this.#segment.fd).catch((error: Error) => this.#fail(error));
    this.#durable = Math.max(this.#durable, upTo);
  }

  /** Syncs the log at once. */
  #syncNow(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#segment === undefined || this.#durable === this.#written) return;
    try {
      fdatasyncSync(this.#segment.fd);
    } catch (error) {
      this.#fail(error as Error);
    }
    this.#durable = this.#written;
  }

  /** True after a failed sync. The system may report the next sync as good though the data is gone, so no sync is tried again. */
  #fail(error: Error): never {
    this.#failure ??= error;
    this.#onFailed(error);
    throw error;
  }

  #hook({ NODEFS: { realPath, node_ops, stream_ops }, FS }: Emscripten): void {
    const guarded = (work: () => unknown): unknown => {
      try {
        return work();
      } catch (error) {
        throw error === this.#failure ? new FS.ErrnoError(INPUT_OUTPUT) : error;
      }
    };
    const afterLog = (ops: Record<string, Operation>, name: string): void => {
      const original = ops[name];
      if (original === undefined) throw new TypeError(`PGlite's files have no operation ${name}`);
      ops[name] = (...args) => {
        const path = name === 'write' ? realPath((args[0] as Stream).node) : '';
        if (!SEGMENT.test(path)) guarded(() => this.#syncNow());
        if (name === 'write' && !OWN_LOCK.test(path)) this.#isUntouched = false;
        return original(...args);
      };
    };
    for (const name of ['setattr', 'mknod', 'rename', 'unlink', 'rmdir', 'symlink']) afterLog(node_ops, name);
    for (const name of ['setattr', 'write']) afterLog(stream_ops, name);
    stream_ops['fsync'] = (stream) => {
      const { nfd, node } = stream as Stream;
      const path = realPath(node);
      if (this.#isUntouched && !OWN_LOCK.test(path)) return 0;
      return guarded(() => (SEGMENT.test(path) ? this.#putOff(path) : this.#syncOther(nfd)));
    };
  }

  #syncOther(nfd: number): number {
    this.#syncNow();
    try {
      fsyncSync(nfd);
    } catch (error) {
      this.#fail(error as Error);
    }
    return 0;
  }

  /** Uses a handle of its own: PGlite closes its own when a file of the log is full. */
  #putOff(path: string): number {
    if (this.#segment?.path !== path) {
      this.#syncNow();
      const old = this.#segment;
      if (old !== undefined) void (this.#syncing ?? Promise.resolve()).finally(() => closeSync(old.fd));
      this.#segment = { path, fd: openSync(path, 'r+') };
      this.segments += 1;
    }
    this.#written += 1;
    return 0;
  }
}
