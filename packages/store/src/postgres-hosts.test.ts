/** Several hosts, sockets in folders and TLS, as libpq means them, against real servers behind fronts of the tests. */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCertificate, type TestCertificate } from '../../../test/support/certificate.ts';
import { makePlace, type Place } from '../../../test/support/store.ts';
import { openStore } from './store.ts';

let folder: string;
let place: Place;
let base: URL;
const fronts: Server[] = [];
const sockets = new Set<Socket>();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'writ-hosts-'));
  place = await makePlace('postgres');
  base = new URL(place.options.url ?? '');
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  for (const front of fronts) front.close();
  await place.remove();
  await rm(folder, { recursive: true, force: true });
});

/** How a front behaves. */
interface Front {
  /** It offers TLS with this. */
  readonly tls?: TestCertificate;
  /** It answers the question for TLS with no. */
  readonly plain?: boolean;
  /** A folder for a socket in the place of a port. */
  readonly at?: string;
}

/** Stands before the server; its port, and how to take it away with all its connections. */
async function front({
  tls,
  at,
}: Front): Promise<{ port: number; down: () => Promise<void>; encrypted: () => number }> {
  const own = new Set<Socket>();
  let encrypted = 0;
  const track = (socket: Socket): Socket => {
    for (const set of [own, sockets]) set.add(socket);
    return socket.on('error', () => socket.destroy());
  };
  const server = createServer((client) => {
    track(client).once('data', (first: Buffer) => {
      if (first.length !== 8) return attach(client, first);
      client.write(tls ? 'S' : 'N');
      if (!tls) return attach(client);
      encrypted += 1;
      return attach(track(new TLSSocket(client, { isServer: true, ...tls })));
    });
  });
  function attach(client: Socket, first?: Buffer): void {
    const up = track(createConnection({ host: base.hostname, port: Number(base.port) }));
    if (first) up.write(first);
    client.pipe(up).pipe(client);
    client.on('close', () => up.destroy());
    up.on('close', () => client.destroy());
  }
  fronts.push(server);
  server.listen(at === undefined ? { port: 0, host: '127.0.0.1' } : { path: at });
  await once(server, 'listening');
  const address = server.address();
  const down = async (): Promise<void> => {
    server.close();
    for (const socket of own) socket.destroy();
  };
  return { port: typeof address === 'object' && address ? address.port : 0, down, encrypted: () => encrypted };
}

function urlAt(hosts: string, query = ''): string {
  return `postgres://${base.username}@${hosts}${base.pathname}${query}`;
}

/** Opens the database and asks it something. */
async function use(url: string): Promise<void> {
  const store = await openStore({ url, now: Date.now });
  await store.ping();
  await store.close();
}

describe('several hosts', () => {
  test('the first that answers is used, and the next when it goes', { timeout: 30_000 }, async () => {
    const [first, second] = [await front({}), await front({})];
    const store = await openStore({
      url: urlAt(`127.0.0.1:1,127.0.0.1:${first.port},127.0.0.1:${second.port}`, '?target_session_attrs=read-write'),
      now: Date.now,
    });
    await store.ping();
    await first.down();
    await expect
      .poll(
        () =>
          store.ping().then(
            () => 'answers',
            () => 'not yet',
          ),
        { timeout: 20_000 },
      )
      .toBe('answers');
    await store.close();
  });

  test('where none can be used, each is told with its own reason', async () => {
    await expect(use(urlAt('127.0.0.1:1,nowhere.invalid:5432'))).rejects.toThrow(
      /^No host of DATABASE_URL can be used\. No Postgres answers at 127\.0\.0\.1:1\/\S+: nothing listens there.*nowhere\.invalid/,
    );
  });
});

test('a socket in a folder is used, by parameter and as a host; one that is not there is named', async () => {
  await front({ at: join(folder, '.s.PGSQL.5499') });
  await use(urlAt('', `?host=${folder}&port=5499`));
  await use(urlAt(`${encodeURIComponent(folder)}:5499`, '?sslmode=require'));
  await expect(use(urlAt('', `?host=${folder}&port=5498`))).rejects.toThrow(/5498: there is no such socket/);
});

describe('sslmode', () => {
  let own: TestCertificate;
  let plain: number;
  let tls: Awaited<ReturnType<typeof front>>;
  const query = (mode: string, root?: TestCertificate | 'system'): string =>
    `?sslmode=${mode}${root === undefined ? '' : `&sslrootcert=${root === 'system' ? root : join(folder, 'root.pem')}`}`;
  beforeAll(async () => {
    own = makeCertificate('localhost');
    await writeFile(join(folder, 'root.pem'), own.cert);
    ({ port: plain } = await front({ plain: true }));
    tls = await front({ tls: own });
  });

  test.each<[string, boolean]>([
    ['disable', false],
    ['allow', false],
    ['prefer', true],
    ['require', true],
  ])('%s, to a server that offers TLS: encrypted %s, with any certificate', async (mode, encrypted) => {
    const before = tls.encrypted();
    await use(urlAt(`127.0.0.1:${tls.port}`, query(mode)));
    expect(tls.encrypted() > before).toBe(encrypted);
  });

  test('verify-ca and verify-full take the server of the authority that is named, and verify-full by its name alone', async () => {
    await use(urlAt(`localhost:${tls.port}`, query('verify-full', own)));
    await use(urlAt(`127.0.0.1:${tls.port}`, query('verify-ca', own)));
    await use(urlAt(`127.0.0.1:${tls.port}`, query('require', own)));
    await expect(use(urlAt(`127.0.0.1:${tls.port}`, query('verify-full', own)))).rejects.toThrow(
      /is for other names than 127\.0\.0\.1/,
    );
  });

  test.each(['verify-ca', 'verify-full'])('%s refuses a server that nobody here trusts', async (mode) => {
    await expect(use(urlAt(`localhost:${tls.port}`, query(mode)))).rejects.toThrow(
      /signed by nobody that is trusted here. Name the file of its authority with sslrootcert/,
    );
  });

  test('require with a root certificate refuses another authority', async () => {
    const other = await front({ tls: makeCertificate('localhost') });
    await expect(use(urlAt(`localhost:${other.port}`, query('require', own)))).rejects.toThrow(
      /nobody that is trusted/,
    );
  });

  test('a certificate that has expired is told as such', async () => {
    const expired = makeCertificate('localhost', Date.now() - 3600_000);
    await writeFile(join(folder, 'expired.pem'), expired.cert);
    const { port } = await front({ tls: expired });
    await expect(
      use(urlAt(`localhost:${port}`, `?sslmode=verify-full&sslrootcert=${join(folder, 'expired.pem')}`)),
    ).rejects.toThrow(/has expired/);
  });

  test('without TLS at the server: prefer and allow go on, require is refused and says so', async () => {
    await use(urlAt(`127.0.0.1:${plain}`));
    await use(urlAt(`127.0.0.1:${plain}`, query('allow')));
    await expect(use(urlAt(`127.0.0.1:${plain}`, query('require')))).rejects.toThrow(
      /offers no TLS, which sslmode=require asks for/,
    );
  });

  test('files that are not there are named with their parameter', async () => {
    const gone = `?sslmode=verify-full&sslrootcert=${folder}/gone.pem`;
    await expect(use(urlAt(`localhost:${tls.port}`, gone))).rejects.toThrow(
      /^sslrootcert of DATABASE_URL names .*ENOENT/,
    );
  });
});
