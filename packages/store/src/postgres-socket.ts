import { readFileSync, statSync } from 'node:fs';
import { isIP, Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, getCACertificates } from 'node:tls';
import { defined, problemOfPrivatePlace, systemCode, WritError } from '@writ/core';
import type { PostgresHost, PostgresUrl } from './postgres-url.ts';

/** Whether a connection is encrypted: never, where the server offers it, or not without. */
export type Encryption = 'off' | 'offered' | 'must';

/** The message that asks for TLS: its length, and a number that no protocol version has. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** Opens a connection to one host, encrypted as asked and verified as `sslmode` says. Throws an Error with a `code`. */
export async function openSocket(url: PostgresUrl, host: PostgresHost, encryption: Encryption): Promise<Socket> {
  const socket = new Socket();
  // Like libpq: statements that are sent one after the other must not wait for each other's acknowledgement.
  socket.setNoDelay(true);
  const timer = setTimeout(() => socket.destroy(coded('CONNECT_TIMEOUT')), url.connectTimeout);
  try {
    return await encrypted(await connected(socket, host), { url, host, encryption });
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** A socket that fails with `error` once somebody listens to it: without a socket postgres.js loses a place of its pool for good. */
export function deadSocket(error: Error): Socket {
  const socket = new Socket();
  setImmediate(() => socket.destroy(error));
  return socket;
}

function connected(socket: Socket, { host, port }: PostgresHost): Promise<Socket> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
    socket.connect(host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port });
  });
}

interface SecureOptions {
  readonly url: PostgresUrl;
  readonly host: PostgresHost;
  readonly encryption: Encryption;
}

async function encrypted(socket: Socket, { url, host, encryption }: SecureOptions): Promise<Socket> {
  if (encryption === 'off') return socket;
  if (!url.direct) {
    socket.write(SSL_REQUEST);
    const answer = await firstBytes(socket);
    // Anything after that one byte was not encrypted, so anybody may have sent it.
    if (answer.length > 1) throw coded('CONNECTION_CLOSED');
    if (answer[0] !== 0x53) {
      if (encryption === 'offered') return socket;
      throw coded('TLS_NOT_OFFERED');
    }
  }
  const options = { ...trust(url, host.host), socket, ...(url.direct && { ALPNProtocols: ['postgresql'] }) };
  return new Promise((resolve, reject) => {
    const secure = connectTls(options);
    const closed = (): void => reject(coded('CONNECTION_CLOSED'));
    secure.once('error', reject);
    socket.once('error', reject);
    socket.once('close', closed);
    secure.once('secureConnect', () => {
      for (const at of [secure, socket]) at.off('error', reject);
      socket.off('close', closed);
      // From now on an error below ends the connection above, which reports it.
      socket.on('error', () => undefined);
      resolve(secure);
    });
  });
}

function firstBytes(socket: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const end = (): void => reject(coded('CONNECTION_CLOSED'));
    socket.once('error', reject);
    socket.once('close', end);
    socket.once('data', (bytes: Buffer) => {
      socket.off('error', reject);
      socket.off('close', end);
      resolve(bytes);
    });
  });
}

/**
 * The TLS options, as libpq means them: `require` verifies nothing, unless a root certificate is given; then it is `verify-ca`. Files are
 * read anew each time.
 */
function trust(
  { sslmode, rootCertificate, certificate, key, keyPassword }: PostgresUrl,
  host: string,
): ConnectionOptions {
  const verifies = sslmode.startsWith('verify') || (sslmode === 'require' && rootCertificate !== undefined);
  const ca = rootCertificate === undefined ? undefined : rootsOf(rootCertificate);
  return {
    host,
    ...(!isIP(host) && { servername: host }),
    minVersion: 'TLSv1.2',
    rejectUnauthorized: verifies,
    ...(verifies && sslmode !== 'verify-full' && { checkServerIdentity: () => undefined }),
    ...defined({ ca }),
    ...(certificate !== undefined && { cert: readSetting('sslcert', certificate) }),
    ...(key !== undefined && { key: readKey(key) }),
    ...defined({ passphrase: keyPassword }),
  };
}

function rootsOf(path: string): string | string[] {
  return path === 'system' ? getCACertificates('system') : readSetting('sslrootcert', path);
}

function readKey(path: string): string {
  const text = readSetting('sslkey', path);
  const problem = problemOfPrivatePlace(statSync(path), { what: 'The key', path, user: process.getuid?.() });
  if (problem === undefined) return text;
  throw new WritError('unavailable', { detail: `sslkey of DATABASE_URL: ${problem}` });
}

function readSetting(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const code = systemCode(cause) ?? 'unknown error';
    throw new WritError('unavailable', {
      detail: `${name} of DATABASE_URL names ${path}, which cannot be read (${code}); check the path and who may read it.`,
      cause,
    });
  }
}

function coded(code: string): Error {
  return Object.assign(new Error(code), { code });
}
