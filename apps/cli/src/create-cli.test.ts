import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { createCli, type Runtime } from './create-cli.ts';

function brokerAt(url: string): Promise<string> {
  const stream = new PassThrough() as unknown;
  const runtime = {
    config: { configDir: '/nowhere', program: 'writ' },
    stdin: stream,
    stdout: stream,
    stderr: stream,
    fetch: () => expect.unreachable('nothing is sent'),
    job: { suspend: () => false, onContinue: () => () => undefined },
    now: () => 0,
  } as unknown as Runtime;
  return createCli(runtime, { url, stdin: true }).url();
}

describe('a password and a token go to a broker by plain http only on this machine', () => {
  test.each([
    'http://127.evil.example',
    'http://127.0.0.1.nip.io:8700',
    'http://localhost.evil.example',
    'http://localhost@evil.example',
    'http://LOCALHOST.EVIL.EXAMPLE',
    'http://localhost.',
    'http://writ.localhost',
    'http://10.0.0.1',
    'http://0.0.0.0',
  ])('%s is refused', async (url) => {
    await expect(brokerAt(url)).rejects.toThrow(/is not on this machine.*Use https/);
  });

  test.each([
    ['http://localhost:8700', 'http://localhost:8700'],
    ['http://LOCALHOST/', 'http://localhost'],
    ['http://127.8.0.1:8700', 'http://127.8.0.1:8700'],
    ['http://2130706433', 'http://127.0.0.1'],
    ['http://[::1]:8700', 'http://[::1]:8700'],
    ['https://127.evil.example', 'https://127.evil.example'],
  ])('%s is taken', async (url, taken) => {
    expect(await brokerAt(url)).toBe(taken);
  });
});
