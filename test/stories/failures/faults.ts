/**
 * Loaded into a broker before anything else (`NODE_OPTIONS=--import`): makes happen on command what a test cannot wait for. The file
 * named by WRIT_TEST_FAULTS says which faults there are at the moment.
 */
import fs from 'node:fs';
import net from 'node:net';

/** What can go wrong. */
export interface Faults {
  /** The process's clock is ahead by this. */
  readonly clock_ms?: number;
  /** No file grows any more; what lies within one can still be written. */
  readonly disk_full?: boolean;
  /** It is killed just before it writes this text to a socket: to its database, to a provider. */
  readonly killed_before?: string;
  /** It is killed when it writes to a file of its database, once this file is there. */
  readonly killed_once_there?: string;
  /** Something nobody foresaw is thrown, with this in its message, its name and its members. */
  readonly crash?: string;
}

let faults: Faults = {};
/** The text of the faults that hold. */
let taken = '';
const realNow = Date.now;
Date.now = () => realNow() + (faults.clock_ms ?? 0);

const file = process.env['WRIT_TEST_FAULTS'];
if (file !== undefined) {
  read(file);
  setInterval(() => read(file), 20).unref();
}

/** Takes the faults that are written there now, and says so in the file beside it. */
function read(path: string): void {
  const text = fs.existsSync(path) ? fs.readFileSync(path, 'utf8') : taken;
  if (text === taken) return;
  taken = text;
  faults = JSON.parse(text) as Faults;
  fs.writeFileSync(`${path}.taken`, text);
  const { crash } = faults;
  if (crash !== undefined)
    throw Object.assign(new Error(`crashed with ${crash}`), { secret: crash, headers: { authorization: crash } });
}

const writeSync: (...given: unknown[]) => number = fs.writeSync.bind(fs) as never;
fs.writeSync = ((...given: unknown[]) => {
  const [fd, , , length, position] = given;
  const { killed_once_there: there } = faults;
  if (there !== undefined && typeof fd === 'number' && fd > 2 && fs.existsSync(there))
    process.kill(process.pid, 'SIGKILL');
  if (faults.disk_full === true && typeof fd === 'number' && fd > 2 && grows(fd, { length, position })) {
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      errno: -28,
      syscall: 'write',
    });
  }
  return writeSync(...given);
}) as typeof fs.writeSync;

function grows(fd: number, { length, position }: { readonly length: unknown; readonly position: unknown }): boolean {
  if (typeof length !== 'number' || typeof position !== 'number') return true;
  return position + length > fs.fstatSync(fd).size;
}

const write: (...given: unknown[]) => boolean = net.Socket.prototype.write as never;
net.Socket.prototype.write = function (this: net.Socket, ...given: unknown[]) {
  const { killed_before } = faults;
  if (killed_before !== undefined && textOf(given[0]).includes(killed_before)) process.kill(process.pid, 'SIGKILL');
  return write.apply(this, given);
} as typeof net.Socket.prototype.write;

function textOf(chunk: unknown): string {
  return chunk instanceof Uint8Array ? Buffer.from(chunk).toString('latin1') : String(chunk);
}
