import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../support/sources.ts';

/**
 * Queries that write and yet may be used outside a transaction: single statements by which something is counted, used up, noted or
 * removed because it expired. None changes who may do what.
 */
const SINGLE = [
  'claimBackup',
  'claimDueHold',
  'clearSignInFailures',
  'continueTask',
  'deleteBroker',
  'endDelivery',
  'eraseKeptBodies',
  'keepBackup',
  'keepBroker',
  'keepDetails',
  'markExported',
  'notePoll',
  'postponeDelivery',
  'sweepExpired',
  'takeAttempt',
  'takeDeliveries',
  'touchSession',
  'useAssertion',
  'useSubjectToken',
];

test('a query that writes takes a transaction, so that no change is made without the event that says so', () => {
  const folders = ['queries', 'checkpoints'].map((name) => join(root, 'packages/store/src', name));
  const sources = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((file) =>
      file.endsWith('.test.ts') || !file.endsWith('.ts') ? [] : [readFileSync(join(folder, file), 'utf8')],
    ),
  );
  const functions = sources.flatMap((source) => source.match(/^export (?:async )?function [\s\S]*?^}$/gm) ?? []);
  const writing = functions.filter((text) => /\.(?:insert|update|delete)\(/.test(text));
  const outside = writing.filter((text) => /^[^(]*\(\s*\w+: Db\b/.test(text));
  expect(writing.length).toBeGreaterThan(40);
  expect(outside.map((text) => /function (\w+)/.exec(text)?.[1]).sort()).toEqual(SINGLE);
});
