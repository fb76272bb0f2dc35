/**
 * A disk that forgets: what this process wrote and did not sync may be gone after a loss of power, in any part. It stands under Node's own
 * `fs`. What it may do is what disks and file systems do: sectors of 512 bytes are written whole, in any order; a new size and a cut
 * one are written like data; names (made, renamed, removed) come back in the order they were changed, up to some point, at least those
 * that the syncs of a file or folder took along.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { Inode, type Write } from './forgetful-file.ts';

const real = { ...fs };
const realPromises = { ...fs.promises };

/** Tells what of the writes to a file is on the disk: asked for every sector. */
export type Survives = (file: string, order: number) => boolean;

/** What is left after a loss of power. */
export interface Remains {
  readonly survives: Survives;
  /** The part of the unsynced changes of names that is left, from 0 to 1. */
  readonly names: number;
}

type Names = Map<string, Inode | 'folder'>;

interface NameChange {
  readonly paths: readonly string[];
  readonly apply: (names: Names) => void;
}

/** The disk under one folder: everything below it that `isLeft` does not leave out. */
export class ForgetfulDisk {
  /** Called in the middle of the work, before each thing that is done to the disk. */
  onStep: () => void = () => undefined;
  /** How many writes there were. */
  writes = 0;
  readonly #folder: string;
  readonly #isLeft: (path: string) => boolean;
  /** The names as the process sees them, and as they surely are on the disk; between them the changes, in order. */
  readonly #now: Names = new Map();
  readonly #durable: Names = new Map();
  #changes: NameChange[] = [];
  readonly #open = new Map<number, string>();
  /** True while the disk is used by this class itself. */
  #own = false;

  constructor(folder: string, isLeft: (path: string) => boolean) {
    this.#folder = folder;
    this.#isLeft = isLeft;
    const found = real.readdirSync(folder, { withFileTypes: true, recursive: true });
    for (const entry of found) {
      const path = join(entry.parentPath, entry.name);
      if (isLeft(path)) continue;
      const node = entry.isDirectory() ? 'folder' : new Inode(undefined);
      this.#now.set(path, node);
      this.#durable.set(path, node);
    }
  }

  /** Puts itself under Node's `fs`; import what is to use it afterwards. */
  mount(): void {
    Object.assign(fs, this.#operations());
    Object.assign(fs.promises, this.#promises());
    syncBuiltinESMExports();
  }

  /** Writes down what the disk would have after a loss of power now. */
  image(place: string, { survives, names: part }: Remains): void {
    this.#aside(() => {
      const names: Names = new Map(this.#durable);
      for (const { apply } of this.#changes.slice(0, Math.round(this.#changes.length * part))) apply(names);
      real.mkdirSync(place, { recursive: true, mode: 0o700 });
      for (const path of [...names.keys()].sort()) {
        const to = join(place, relative(this.#folder, path));
        const node = names.get(path);
        if (node === 'folder') real.mkdirSync(to, { recursive: true, mode: 0o700 });
        else if (node !== undefined) this.#writeOut(node, { path, to, survives });
      }
    });
  }

  #writeOut(node: Inode, { path, to, survives }: { path: string; to: string; survives: Survives }): void {
    const content = node.content((order) => survives(path, order));
    if (content === undefined) real.copyFileSync(path, to);
    else real.writeFileSync(to, content, { mode: 0o600 });
  }

  #isOurs(path: unknown): path is string {
    return !this.#own && typeof path === 'string' && path.startsWith(`${this.#folder}/`) && !this.#isLeft(path);
  }

  #aside<T>(work: () => T): T {
    const before = this.#own;
    this.#own = true;
    try {
      return work();
    } finally {
      this.#own = before;
    }
  }

  /** The file at a path, its content read before anything of it changes. */
  #fileAt(path: string): Inode | undefined {
    const node = this.#now.get(path);
    if (node === undefined || node === 'folder') return undefined;
    node.durable ??= this.#aside(() => real.readFileSync(path));
    return node;
  }

  #change(change: NameChange): void {
    change.apply(this.#now);
    this.#changes.push(change);
  }

  /** What a sync of a file or folder takes along: every change of names up to the last that concerns it. */
  #syncNames(path: string): void {
    const last = this.#changes.findLastIndex(({ paths }) => paths.some((one) => one === path || dirname(one) === path));
    for (const { apply } of this.#changes.splice(0, last + 1)) apply(this.#durable);
  }

  /** A sync of a file or folder that began after so many writes has ended. */
  #synced(path: string, upTo: number): void {
    const node = this.#now.get(path);
    if (node !== 'folder') node?.synced(upTo);
    this.#syncNames(path);
  }

  #add(path: string, node: Inode | 'folder'): void {
    this.#change({ paths: [path], apply: (names) => void names.set(path, node) });
  }

  #remove(path: string): void {
    this.#fileAt(path);
    const below = [...this.#now.keys()].filter((one) => one === path || one.startsWith(`${path}/`));
    this.#change({
      paths: [path],
      apply: (names) => {
        for (const one of below) names.delete(one);
      },
    });
  }

  #move(from: string, to: string): void {
    const below = [...this.#now.keys()].filter((one) => one === from || one.startsWith(`${from}/`));
    // Read before they move: an image copies untouched files from where they lie.
    for (const path of below) this.#fileAt(path);
    this.#change({
      paths: [from, to],
      apply: (names) => {
        const nodes = below.map((path) => [path, names.get(path)] as const);
        for (const [path] of nodes) names.delete(path);
        for (const [path, node] of nodes) if (node !== undefined) names.set(to + path.slice(from.length), node);
      },
    });
  }

  #write(path: string, write: Omit<Write, 'order'>): void {
    this.writes += 1;
    this.#fileAt(path)?.pending.push({ order: this.writes, ...write });
  }

  #cut(path: string, length: number): void {
    this.#write(path, { at: 0, bytes: Buffer.alloc(0), length });
  }

  #operations(): Partial<typeof fs> {
    const pathOf = (fd: number): string | undefined => this.#open.get(fd);
    const before = (path: string | undefined): void => {
      if (path !== undefined) this.onStep();
    };
    const sync =
      (work: (fd: number) => void) =>
      (fd: number): void => {
        before(pathOf(fd));
        work(fd);
        const path = pathOf(fd);
        if (path !== undefined) this.#synced(path, this.writes);
      };
    return {
      openSync: (path: fs.PathLike, flags: fs.OpenMode = 'r', mode?: fs.Mode | null) => {
        if (!this.#isOurs(path)) return real.openSync(path, flags, mode);
        before(path);
        const wasThere = this.#now.has(path);
        if (wasThere) this.#fileAt(path);
        const fd = real.openSync(path, flags, mode);
        if (!wasThere) this.#add(path, new Inode(Buffer.alloc(0)));
        else if (flags === 'w' || (typeof flags === 'number' && (flags & fs.constants.O_TRUNC) !== 0))
          this.#cut(path, 0);
        this.#open.set(fd, path);
        return fd;
      },
      closeSync: (fd: number) => {
        this.#open.delete(fd);
        real.closeSync(fd);
      },
      writeSync: ((fd: number, buffer: Uint8Array, offset: number, length: number, position: number) => {
        const path = pathOf(fd);
        before(path);
        if (path !== undefined)
          this.#write(path, { at: position, bytes: Buffer.from(buffer.slice(offset, offset + length)) });
        return real.writeSync(fd, buffer, offset, length, position);
      }) as typeof fs.writeSync,
      fsyncSync: sync(real.fsyncSync),
      fdatasyncSync: sync(real.fdatasyncSync),
      fdatasync: Object.assign(
        (fd: number, done: fs.NoParamCallback) => {
          const path = pathOf(fd);
          const upTo = this.writes;
          real.fdatasync(fd, (error) => {
            before(path);
            if (path !== undefined) this.#synced(path, upTo);
            done(error);
          });
        },
        { __promisify__: real.fdatasync.__promisify__ },
      ),
      mkdirSync: ((path: string, ...rest: []) => {
        if (this.#isOurs(path)) this.onStep();
        const made = real.mkdirSync(path, ...rest);
        if (this.#isOurs(path)) this.#add(path, 'folder');
        return made;
      }) as typeof fs.mkdirSync,
      renameSync: (from, to) => {
        const [ours, place] = [this.#isOurs(from), String(to)];
        if (ours) this.onStep();
        if (ours) this.#fileAt(place);
        if (ours) this.#move(String(from), place);
        real.renameSync(from, to);
      },
      unlinkSync: (path) => {
        if (this.#isOurs(path)) this.onStep();
        if (this.#isOurs(path)) this.#remove(path);
        real.unlinkSync(path);
      },
      rmdirSync: (path) => {
        if (this.#isOurs(path)) this.onStep();
        if (this.#isOurs(path)) this.#remove(path);
        real.rmdirSync(path);
      },
      truncateSync: (path, length) => {
        if (this.#isOurs(path)) this.onStep();
        if (this.#isOurs(path)) this.#cut(path, length ?? 0);
        real.truncateSync(path, length);
      },
      ftruncateSync: (fd, length) => {
        const path = pathOf(fd);
        before(path);
        if (path !== undefined) this.#cut(path, length ?? 0);
        real.ftruncateSync(fd, length);
      },
    };
  }

  #promises(): Partial<typeof fs.promises> {
    return {
      open: (async (path: string, ...rest: []) => {
        const handle = await realPromises.open(path, ...rest);
        if (!this.#isOurs(path)) return handle;
        const sync = handle.sync.bind(handle);
        handle.sync = async () => {
          const upTo = this.writes;
          await sync();
          this.onStep();
          this.#synced(path, upTo);
        };
        return handle;
      }) as typeof fs.promises.open,
      mkdir: (async (path: string, ...rest: []) => {
        const made = await realPromises.mkdir(path, ...rest);
        if (this.#isOurs(path)) this.#add(path, 'folder');
        return made;
      }) as typeof fs.promises.mkdir,
      rename: async (from, to) => {
        if (this.#isOurs(from)) this.onStep();
        if (this.#isOurs(from)) this.#move(from, String(to));
        await realPromises.rename(from, to);
      },
      rm: async (path, options) => {
        if (this.#isOurs(path) && this.#now.has(path)) this.#remove(path);
        await realPromises.rm(path, options);
      },
    };
  }
}
