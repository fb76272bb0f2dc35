import { expect, test } from 'vitest';
import { parseCompact } from './compact.ts';

test.each([
  ['railway/staging/customDomain*', { connection: 'railway', environment: 'staging', operation: 'customDomain*' }],
  ['github/shared/repos/delete', { connection: 'github', environment: 'shared', operation: 'repos/delete' }],
  ['railway/staging', undefined],
  ['railway//x', undefined],
  ['/staging/x', undefined],
  ['railway/staging/', undefined],
])('the compact form %s is read', (text, expected) => {
  expect(parseCompact(text)).toEqual(expected);
});
