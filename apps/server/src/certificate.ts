import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { Server } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { Log } from '@writ/broker';
import { problemOfPrivatePlace, systemCode } from '@writ/core';
import type { ServerConfig } from './config.ts';
import { StartError } from './start-error.ts';

type Files = NonNullable<ServerConfig['tls']>;

/** A certificate and its key, as they go to the server. */
export interface Pair {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly minVersion: 'TLSv1.2';
}

/** How often the files are checked, in milliseconds: programs that renew certificates need not tell the broker. */
const LOOK_EVERY = 10_000;

/** Reads a certificate and its key. Throws a `StartError` for files that cannot be read, that others can, or that are no pair. */
export async function readPair({ certFile, keyFile }: Files): Promise<Pair> {
  const [cert, key] = [await readPem(certFile, 'WRIT_TLS_CERT'), await readPem(keyFile, 'WRIT_TLS_KEY')];
  const problem = problemOfKey(await stat(keyFile), keyFile);
  if (problem !== undefined) throw new StartError(problem);
  try {
    createSecureContext({ cert, key });
    return { cert, key, minVersion: 'TLSv1.2' };
  } catch (cause) {
    throw new StartError(
      `The certificate ${certFile} and the key ${keyFile} are not a pair of PEM files; check WRIT_TLS_CERT and WRIT_TLS_KEY.`,
      { cause },
    );
  }
}

/** A key that belongs to root may be readable by a group, as Postgres allows it: the group of the programs that serve TLS. */
function problemOfKey(
  { uid, mode }: { readonly uid: number; readonly mode: number },
  path: string,
): string | undefined {
  if (uid === 0 && (mode & 0o037) === 0) return undefined;
  return problemOfPrivatePlace({ uid, mode }, { what: 'The TLS key', path, user: process.getuid?.() });
}

async function readPem(path: string, setting: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    const code = systemCode(cause) ?? 'unknown error';
    throw new StartError(
      `${setting} names ${path}, which cannot be read (${code}); check the path and who may read it.`,
      { cause },
    );
  }
}

/** A server's certificate, kept up to date with its files. */
export interface FollowedCertificate {
  /** Reads the files again now, and logs the result. */
  reload(): Promise<void>;
  stop(): void;
}

/** The server and the files. */
export interface FollowOptions {
  readonly server: Pick<Server, 'setSecureContext'>;
  readonly files: Files;
  /** What the server has now. */
  readonly current: Pair;
  readonly log: Log;
}

/**
 * Gives the server a new certificate when its files change. A pair that does not fit, as there is between the writing of the two files,
 * is refused with a sentence, once, and the old one stays. Open connections keep theirs.
 */
export function followCertificate({ server, files, current, log }: FollowOptions): FollowedCertificate {
  let used = digestOf(current);
  let refused = '';
  const look = async (asked: boolean): Promise<void> => {
    try {
      const pair = await readPair(files);
      const found = digestOf(pair);
      refused = '';
      if (found !== used) server.setSecureContext(pair);
      if (found !== used || asked) log.info('certificate_read', { reason: found === used ? SAME : NEW });
      used = found;
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      if (asked || error.message !== refused) log.warn('certificate_refused', { reason: `${error.message} ${KEPT}` });
      refused = error.message;
    }
  };
  let looking = Promise.resolve();
  const next = (asked: boolean): Promise<void> => {
    looking = looking.then(() => look(asked)).catch((error: unknown) => log.error('certificate_unread', error));
    return looking;
  };
  const timer = setInterval(() => void next(false), LOOK_EVERY).unref();
  return { reload: () => next(true), stop: () => clearInterval(timer) };
}

const SAME = 'The certificate and its key are as they were.';
const NEW = 'New connections get the new certificate.';
const KEPT = 'The certificate read before stays in use.';

function digestOf({ cert, key }: Pair): string {
  return createHash('sha256').update(cert).update('\0').update(key).digest('hex');
}
