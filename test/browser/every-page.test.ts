/** What holds for every page: nothing breaks its policy or fails in it, and everybody can use it (WCAG 2.2 AA, by axe). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../support/sources.ts';
import { openPerson, SCREENS } from './person.ts';
import { openWorld, pagesOf, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world?.scene.close());

/** Pages that nobody need be signed in for. */
const OUTSIDE = ['/setup', '/accept'];

test('no page is left out: every route of the page is opened below', () => {
  const pages = join(root, 'apps/web/src/pages');
  const files = readdirSync(pages).map((room) => readFileSync(join(pages, room, 'routes.ts'), 'utf8'));
  const routes = files.flatMap((text) => [...text.matchAll(/\bpath: '([^']+)'/g)].map(([, path]) => `/${path}`));
  const opened = [...OUTSIDE, ...pagesOf(world).map(([, path]) => path.replace(/\?.*/, ''))];
  const isOpened = (route: string): boolean => opened.some((path) => asPattern(route).test(path));
  expect(routes.length).toBeGreaterThan(15);
  expect(routes.filter((route) => !isOpened(route))).toEqual([]);
});

function asPattern(route: string): RegExp {
  // `new` is a page of its own, not the name of a thing.
  return new RegExp(`^${route.replace(/\$\w+/g, '(?!new$)[^/]+')}$`);
}

test.each([
  { scheme: 'light', screen: 'desk' },
  { scheme: 'dark', screen: 'phone' },
] as const)('every page is accessible, within its policy and as wide as its screen: $scheme, $screen', async (look) => {
  const person = await openPerson(world.scene.broker.url, { scheme: look.scheme, screen: SCREENS[look.screen] });
  const wrong: string[] = [];
  const check = async (name: string): Promise<void> => {
    for (const rule of await person.inaccessible()) wrong.push(`${name}: ${rule}`);
    const isTooWide = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';
    if (await person.page.evaluate(isTooWide)) wrong.push(`${name} is wider than the screen`);
  };
  await person.open('/');
  await check('sign-in');
  await person.signIn(world.scene.owner);
  for (const [name, path] of pagesOf(world)) {
    await person.open(path);
    await check(name);
  }
  expect(wrong).toEqual([]);
  expect(person.violations()).toEqual([]);
  await person.close();
});
