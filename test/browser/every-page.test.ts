/** What holds for every page: nothing breaks its policy or fails in it, and everybody can use it (WCAG 2.2 AA, by axe). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../support/sources.ts';
import { openPerson, type Person, SCREENS } from './person.ts';
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

test.concurrent.each(['desk', 'phone'] as const)(
  'every page and tab, in light and in dark, is accessible, within its policy, as wide as its screen, with one main action: %s',
  async (screen) => {
    const person = await openPerson(world.scene.broker.url, { screen: SCREENS[screen] });
    const wrong: string[] = [];
    const check = async (name: string): Promise<void> => {
      for (const fault of await faultsOf(person)) wrong.push(`${name}: ${fault}`);
    };
    person.page.on('dialog', (dialog) => {
      wrong.push(`a script of foreign text ran: ${dialog.message()}`);
      void dialog.dismiss();
    });
    for (const path of ['/', ...OUTSIDE]) {
      await person.open(path);
      await check(path);
    }
    await person.open('/');
    await person.signIn(world.scene.owner);
    for (const [name, path] of pagesOf(world)) {
      await person.open(path);
      await check(name);
      const tabs = person.page.getByRole('tab', { selected: false });
      const names = await tabs.allTextContents();
      for (const tab of names) {
        await person.page.getByRole('tab', { name: tab, exact: true }).click();
        await person.settled();
        await check(`${name}, ${tab}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(person.violations()).toEqual([]);
    await person.close();
  },
  400_000,
);

/** What is wrong with a page as it stands. */
async function faultsOf(person: Person): Promise<readonly string[]> {
  const faults = [...(await person.inaccessibleInBoth())];
  const ask = async (script: string, fault: string): Promise<void> => {
    if (await person.page.evaluate(script)) faults.push(fault);
  };
  await ask('document.documentElement.scrollWidth > document.documentElement.clientWidth', 'wider than the screen');
  await ask(
    `[...document.querySelectorAll('button, a')].some((each) => each.offsetParent && each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).overflowX !== 'visible')`,
    'a button is cut',
  );
  await ask(
    `[...document.querySelectorAll('.mantine-Button-root[data-variant=filled], .mantine-Button-root:not([data-variant])')].filter((each) => each.offsetParent).length > 1`,
    'more than one main action',
  );
  await ask(
    `/[\\u202a-\\u202e\\u2066-\\u2069\\u200b]/.test(document.documentElement.outerHTML)`,
    'a character that acts, raw',
  );
  await ask(`document.querySelector('img[src="x"], a[href*="evil.example"]') !== null`, 'foreign text became markup');
  return faults;
}
