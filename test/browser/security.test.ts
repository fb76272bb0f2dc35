/** What an attacker finds at the page: foreign text that does nothing, no secret, no way in from another site. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from './browser.ts';
import { openPerson, type Person } from './person.ts';
import { EVIL, MARKUP, openWorld, type World } from './world.ts';

let world: World;
let person: Person;
const answers: string[] = [];

beforeAll(async () => {
  world = await openWorld(EVIL, 'worst');
  person = await openPerson(world.scene.broker.url);
  person.page.on('response', async (response) => {
    // A stream has no end, and its body no text.
    if (response.url().includes('/api/v1/') && !response.url().includes('/events'))
      answers.push(await response.text().catch(() => ''));
  });
  await person.page.goto('/tasks');
  await person.signIn(world.scene.owner);
});
afterAll(async () => {
  await person?.close();
  await world?.scene.close();
});

const PAGES = (): readonly string[] => [
  `/tasks/${world.ids.task}`,
  `/approvals/${world.ids.approval}`,
  `/holds/${world.ids.hold}`,
  `/grants/new?request=${world.ids.refused}`,
  `/clients/${world.ids.client}`,
  '/connections/railway',
  '/people',
  '/account',
];

test("an agent's words are shown as words: no markup, no link, and what would hide is seen", async () => {
  for (const path of [`/approvals/${world.ids.approval}`, `/tasks/${world.ids.task}`, '/tasks']) {
    await person.page.goto(path);
    for (const words of [MARKUP, '\\u{202e}', '\\u{200b}'])
      await person.page.getByText(words).filter({ visible: true }).first().waitFor();
    expect(await person.page.locator('img[src="x"]').count()).toBe(0);
    expect(await person.page.locator('a[href*="evil.example"]').count()).toBe(0);
    expect(await person.page.locator('body').textContent()).not.toContain('\u202e');
  }
  expect(EVIL).toContain('\u202e');
});

test('no secret is in any answer, in the document, in storage or in the address', async () => {
  for (const path of PAGES()) {
    await person.open(path);
    const seen = `${await person.page.content()} ${person.page.url()} ${await person.page.evaluate(
      'JSON.stringify([localStorage, sessionStorage, document.cookie, history.state, window.name])',
    )}`;
    for (const secret of world.secrets) expect(seen).not.toContain(secret);
  }
  expect(answers.length).toBeGreaterThan(10);
  for (const secret of world.secrets) expect(answers.filter((answer) => answer.includes(secret))).toEqual([]);
  // The colours, how times are shown, whether keys decide, and how far a page was scrolled: nothing else is remembered.
  const kept = await person.page.evaluate<string[]>('Object.keys(localStorage).concat(Object.keys(sessionStorage))');
  const known = /^writ-(scheme|keys|exact-times)$|^tsr-scroll-restoration/;
  expect(kept.filter((name) => !known.test(name))).toEqual([]);
  expect(await person.page.evaluate('indexedDB.databases()')).toEqual([]);
  expect(person.violations()).toEqual([]);
});

test('another site can neither show the page in a frame, nor call the API with the session, nor read it', async () => {
  const { url } = world.scene.broker;
  const other = createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(`<iframe src="${url}/approvals"></iframe>`);
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  const page = await (person.page.context() ?? (await openBrowser()).newContext()).newPage();
  try {
    await page.goto(`http://127.0.0.1:${port}/`);
    const frame = page.frames().find((each) => each !== page.mainFrame());
    expect(await frame?.locator('#root').count()).toBe(0);
    const reason = 'made by another site';
    for (const init of [
      `{ method: 'POST', credentials: 'include', mode: 'no-cors', body: JSON.stringify({ all: true, reason: '${reason}' }) }`,
      `{ method: 'POST', credentials: 'include', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ all: true, reason: '${reason}' }) }`,
    ])
      await page.evaluate(`fetch('${url}/api/v1/freeze', ${init}).then(() => '', () => '')`);
    const read = await page.evaluate(
      `fetch('${url}/api/v1/me', { credentials: 'include' }).then((r) => r.text(), () => 'unreadable')`,
    );
    expect(read).toBe('unreadable');
  } finally {
    await page.close();
    other.close();
  }
  expect((await world.scene.owner.client.call('freeze.list', {})).items).toEqual([]);
});

test("the session's cookie is out of reach of scripts and of other sites", async () => {
  const [cookie, ...more] = await person.page.context().cookies();
  expect(more).toEqual([]);
  expect(cookie).toMatchObject({ name: 'writ_session', httpOnly: true, sameSite: 'Strict', path: '/' });
});
