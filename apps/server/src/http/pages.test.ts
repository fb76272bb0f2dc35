/** What links lead to while there are no pages: a sentence with the command. */
import { randomBytes } from 'node:crypto';
import { makeId } from '@writ/core';
import { expect, test } from 'vitest';
import { THING_PAGES, thingPage } from './pages.ts';

const CONFIG = { publicUrl: 'https://writ.example.com' };

test.each(THING_PAGES.map((page) => [page.path, page] as const))(
  '%s is one line of plain text with the command for the id',
  async (_, page) => {
    const id = makeId(page.kind, { now: Date.now(), randomBytes });
    const response = thingPage(page, id, CONFIG);
    expect(response?.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(response?.headers.get('cache-control')).toBe('no-store');
    expect(response?.headers.get('strict-transport-security')).toBe('max-age=63072000');
    expect(response?.headers.get('content-security-policy')).toContain("default-src 'none'");
    const text = (await response?.text()) ?? '';
    expect(text).toMatch(/^[A-Z].*: npx writ \w+ .*\n$/);
    expect(text.split('\n')).toHaveLength(2);
    expect(text).toContain(id);
  },
);

test.each([
  '',
  'apr_1',
  '<script>alert(1)</script>',
  'apr_0123456789abcdefghjkmnpqrs; rm -rf /',
  'usr_0123456789abcdefghjkmnpqrs',
])('an id that Writ did not make for it is not repeated: %j', (id) => {
  for (const page of THING_PAGES) expect(thingPage(page, id, CONFIG)).toBeUndefined();
});
