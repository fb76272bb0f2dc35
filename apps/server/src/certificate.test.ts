import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeCertificate, nameAt, type TestCertificate } from '../../../test/support/certificate.ts';
import { followCertificate, readPair } from './certificate.ts';

let folder: string;
let files: { readonly certFile: string; readonly keyFile: string };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'writ-tls-'));
  files = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function write({ cert, key }: TestCertificate): Promise<void> {
  await writeFile(files.certFile, cert);
  await writeFile(files.keyFile, key, { mode: 0o600 });
}

test('a new pair is used for new connections, a bad one is refused with a sentence, once, and the old one stays', async () => {
  await write(makeCertificate('first.example'));
  const current = await readPair(files);
  const server = createServer(current).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const said: string[] = [];
  const add = (event: string, fields?: object): void => void said.push(`${event}: ${Object(fields).reason}`);
  const log = { info: add, warn: add, error: (event: string) => add(event) };
  const certificate = followCertificate({ server, files, current, log });
  expect(await nameAt(port)).toBe('first.example');

  const second = makeCertificate('second.example');
  await writeFile(files.certFile, second.cert);
  await certificate.reload();
  expect(await nameAt(port)).toBe('first.example');
  expect(said.at(-1)).toMatch(
    /^certificate_refused: The certificate .* are not a pair of PEM files; .* stays in use\.$/,
  );

  await write(second);
  await certificate.reload();
  expect(await nameAt(port)).toBe('second.example');
  expect(said.at(-1)).toMatch(/^certificate_read: New connections get the new certificate/);
  await certificate.reload();
  expect(said.at(-1)).toMatch(/^certificate_read: .* as they were/);

  await rm(files.keyFile);
  await certificate.reload();
  expect(said.at(-1)).toMatch(/certificate_refused: WRIT_TLS_KEY names .* cannot be read \(ENOENT\)/);
  expect(await nameAt(port)).toBe('second.example');
  certificate.stop();
  server.close();
});

test('a key that others can read is refused', async () => {
  await write(makeCertificate('open.example'));
  await chmod(files.keyFile, 0o644);
  await expect(readPair(files)).rejects.toThrow(/The TLS key .* is open to others \(mode 644\); run: chmod 600/);
});
