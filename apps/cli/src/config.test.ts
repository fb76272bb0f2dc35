import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

test.each([
  ['writ on the path', {}, ['node', '/usr/local/bin/writ'], 'node', 'writ'],
  [
    "writ on the path, handed on to the project's Node",
    {},
    ['node', '/opt/writ/apps/cli/dist/writ.js'],
    'writ',
    'writ',
  ],
  ['npx writ', { npm_lifecycle_event: 'npx' }, ['node', '/opt/writ/node_modules/.bin/writ'], 'node', 'npx writ'],
  [
    'npx writ, handed on',
    { npm_lifecycle_event: 'npx' },
    ['node', '/opt/writ/apps/cli/dist/writ.js'],
    'writ',
    'npx writ',
  ],
  ['the script of the checkout', { npm_lifecycle_event: 'writ' }, ['node', 'writ.mjs'], 'writ.mjs', 'npm run writ --'],
  ['the file itself', {}, ['node', '/opt/writ/apps/cli/bin/writ.mjs'], 'writ.mjs', 'npx writ'],
])('hints name the program as it was called: %s', (_, env, argv, argv0, program) => {
  expect(readConfig(env, { argv, argv0 }).program).toBe(program);
});
