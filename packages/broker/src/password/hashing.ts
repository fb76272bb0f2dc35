import { hash, type Options, parseOptions, verify } from '@node-rs/argon2';
import { type RandomBytes, WritError } from '@writ/core';
import type { PasswordHasher } from '../context.ts';
import { readHash } from '../keys/kept.ts';

/** argon2id at 64 MiB, 3 passes, 1 lane (model#password). The library's default algorithm is argon2id. */
const PARAMETERS = { memoryCost: 65_536, timeCost: 3, parallelism: 1 } as const;

/** How many may wait before the next one is refused: about 10 s of work for one lane. */
const QUEUE_BOUND = 64;

/** What a hasher is made with. */
export interface HashingOptions {
  /** Mixed into every hash (argon2's secret): a stolen table is worth nothing without the key file. */
  readonly pepper: (kek_id?: string) => Uint8Array;
  /** The most hashes at a time: half the cores, since each keeps a thread of the pool that files and DNS need too. */
  readonly lanes: number;
  readonly randomBytes: RandomBytes;
}

/** Makes the password hasher of a process. */
export function createHashing(options: HashingOptions): PasswordHasher {
  const run = limited(Math.max(1, Math.floor(options.lanes)));
  const parametersOf = (kek_id?: string): Options => ({ ...PARAMETERS, secret: options.pepper(kek_id) });
  // A hash of no password: comparing with it costs the same work as with a real one.
  const decoy = decoyHash(options.randomBytes);
  const hashNow = (password: string): Promise<string> => run(() => hash(bytesOf(password), parametersOf()));
  return {
    hash: hashNow,
    async verify(password, stored) {
      const known = readHash(stored ?? decoy);
      const matches = await run(() => verify(known.hash, bytesOf(password), parametersOf(known.kek_id)));
      return stored !== undefined && matches;
    },
  };
}

/** A hash in the text form that argon2 writes, of random bytes for salt and hash. */
function decoyHash(randomBytes: RandomBytes): string {
  const [salt, hashed] = [16, 32].map((bytes) => Buffer.from(randomBytes(bytes)).toString('base64').replace(/=+$/, ''));
  const { memoryCost, timeCost, parallelism } = PARAMETERS;
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${salt}$${hashed}`;
}

/** Tells whether a stored hash was made with other parameters than today's, or by a key that was replaced. */
export function needsRehash(stored: string): boolean {
  const { hash: bare, kek_id } = readHash(stored);
  if (kek_id !== undefined) return true;
  const found = parseOptions(bare);
  return (Object.keys(PARAMETERS) as (keyof typeof PARAMETERS)[]).some((name) => found[name] !== PARAMETERS[name]);
}

/** Unicode form NFKC: the same password typed on another keyboard gives the same bytes (NIST SP 800-63B 3.1.1.2). */
function bytesOf(password: string): Uint8Array {
  return Buffer.from(password.normalize('NFKC'), 'utf8');
}

type Run = <T>(work: () => Promise<T>) => Promise<T>;

/** Runs a bounded number at a time, in order; refuses a task that would wait behind `QUEUE_BOUND` others. */
export function limited(lanes: number): Run {
  const waiting: (() => void)[] = [];
  let busy = 0;
  return async (work) => {
    if (busy < lanes) busy += 1;
    else if (waiting.length >= QUEUE_BOUND) throw busyError();
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else busy -= 1;
    }
  };
}

function busyError(): WritError {
  return new WritError('unavailable', { detail: 'Too many people are signing in at once. Try again.', retry_after: 5 });
}
