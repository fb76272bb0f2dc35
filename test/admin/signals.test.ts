/** What signals do to a broker. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { programs } from '../../tools/bundle.ts';
import { pinnedNode, spawnServer } from '../support/broker-process.ts';
import { makeCertificate, nameAt } from '../support/certificate.ts';
import { freePort } from '../support/free-port.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';

let folder: string;
let database: TestDatabase;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'writ-signals-'));
  database = await createDatabase();
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

test('SIGHUP reads the certificate again and ends nothing; SIGTERM ends in order', { timeout: 90_000 }, async () => {
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const write = async (host: string): Promise<void> => {
    const { cert, key } = makeCertificate(host);
    await writeFile(certFile, cert);
    await writeFile(keyFile, key, { mode: 0o600 });
  };
  await write('first.example');
  const port = await freePort();
  const env = { DATABASE_URL: database.url, WRIT_KEY_FILE: join(folder, 'config', 'key'), WRIT_PORT: String(port) };
  const server = spawnServer({ env: { ...env, HOME: folder, WRIT_TLS_CERT: certFile, WRIT_TLS_KEY: keyFile } });
  await expect.poll(() => server.stdout(), { timeout: 60_000 }).toContain('Writ listens on https://');
  expect(await nameAt(port)).toBe('first.example');
  await write('second.example');
  process.kill(server.pid, 'SIGHUP');
  await expect.poll(() => server.stderr(), { timeout: 20_000 }).toContain('certificate_read');
  expect(await nameAt(port)).toBe('second.example');
  await writeFile(keyFile, 'no key');
  process.kill(server.pid, 'SIGHUP');
  await expect.poll(() => server.stderr(), { timeout: 20_000 }).toContain('certificate_refused');
  expect(await nameAt(port)).toBe('second.example');
  expect(await server.kill('SIGTERM')).toBe(0);
});

/** Brokers that have not ended in order: they still run, or were killed. */
async function brokersLeft(): Promise<number> {
  const sql = postgres(database.url, { max: 1 });
  const [row] = await sql`select count(*)::int as count from brokers`;
  await sql.end();
  return Number(row?.['count']);
}

test('a broker whose window is closed ends in order', { timeout: 90_000 }, async () => {
  // The program that makes a terminal, where the machine has it (util-linux).
  if (!String(spawnSync('script', ['--version']).stdout).includes('util-linux')) return;
  expect(await brokersLeft()).toBe(0);
  const command = `exec ${pinnedNode()} ${programs.server.file}`;
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, DATABASE_URL: database.url };
  const own = { WRIT_KEY_FILE: join(folder, 'config', 'key'), WRIT_PORT: String(await freePort()), SHELL: '/bin/sh' };
  const window = spawn('script', ['-qfc', command, '/dev/null'], {
    env: { ...env, ...own },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let shown = '';
  window.stdout.on('data', (bytes: Buffer) => {
    shown += bytes.toString();
  });
  await expect.poll(() => shown, { timeout: 60_000 }).toContain('Ready');
  expect(await brokersLeft()).toBe(1);
  window.kill('SIGKILL');
  await expect.poll(brokersLeft, { timeout: 20_000 }).toBe(0);
});
