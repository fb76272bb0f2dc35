import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Secret } from './secret.ts';

test('a secret shows its label and never its value, in every way of printing it', () => {
  const value = ['fake', 'root', 'token', Math.trunc(Math.PI * 1e9)].join('-');
  const secret = new Secret(value, 'railway root');
  const printed = [
    `${secret}`,
    String(secret),
    JSON.stringify({ secret }),
    inspect(secret, { showHidden: true, depth: 9 }),
    inspect({ deep: { secret } }, { depth: 9 }),
    inspect(new Error('x', { cause: secret })),
    JSON.stringify({ ...secret }),
    new URLSearchParams({ a: String(secret) }).toString(),
    inspect(structuredClone({ ...secret })),
  ];
  for (const text of printed) expect(text).not.toContain(value);
  expect(`${secret}`).toBe('[secret railway root]');
  expect(secret.expose()).toBe(value);
});
