/** The bytes that a disk writes whole or not at all. */
const SECTOR = 512;

/** A write, or with `length` a cut to that length, that was not synced. */
export interface Write {
  /** The place in the order of all writes. */
  readonly order: number;
  readonly at: number;
  readonly bytes: Buffer;
  readonly length?: number;
}

/** A file of a disk that forgets. */
export class Inode {
  /** What is surely on the disk; undefined while that is what the real file holds. */
  durable: Buffer | undefined;
  pending: Write[] = [];

  constructor(durable: Buffer | undefined) {
    this.durable = durable;
  }

  /** What the file holds where only some sectors of what was not synced are on the disk; undefined while it is the real file's content. */
  content(survives: (order: number) => boolean): Buffer | undefined {
    if (this.durable === undefined) return undefined;
    const end = this.pending.reduce((most, { at, bytes }) => Math.max(most, at + bytes.length), this.durable.length);
    const all = Buffer.alloc(end);
    this.durable.copy(all);
    let length = this.durable.length;
    for (const write of this.pending) {
      if (write.length !== undefined) {
        if (!survives(write.order)) continue;
        all.fill(0, Math.min(write.length, length), length);
        length = write.length;
      }
      for (let from = 0; from < write.bytes.length; ) {
        const to = Math.min(write.bytes.length, from + SECTOR - ((write.at + from) % SECTOR));
        if (survives(write.order)) {
          write.bytes.copy(all, write.at + from, from, to);
          length = Math.max(length, write.at + to);
        }
        from = to;
      }
    }
    return length <= end ? all.subarray(0, length) : Buffer.concat([all, Buffer.alloc(length - end)]);
  }

  /** Takes the writes up to one in the order of all to be on the disk. */
  synced(upTo: number): void {
    const later = this.pending.filter(({ order }) => order > upTo);
    if (later.length === this.pending.length) return;
    this.pending = this.pending.filter(({ order }) => order <= upTo);
    this.durable = this.content(() => true);
    this.pending = later;
  }
}
