import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { shellWord } from './shell.ts';

test.each(['acme/staging/redeploy:execute', 'body.amount', '30d', 'ada@example.com', '--limit=5'])(
  '%s stands as it is in a command',
  (text) => {
    expect(shellWord(text)).toBe(text);
  },
);

test.each(['', "Ada's bug", 'a b', '*:read', '$HOME', '`id`', '=ls', '~', 'a\nb', '\\', '{"a":1}', '!1'])(
  'a shell reads %j as it was',
  (text) => {
    expect(shellWord(text)).not.toBe(text);
    expect(execFileSync('sh', ['-c', `printf %s ${shellWord(text)}`], { encoding: 'utf8' })).toBe(text);
  },
);
