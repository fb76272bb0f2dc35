/** `npm run screenshots`: pictures of every page, on both screens, in light and dark, written to `screenshots/`. */
import { join } from 'node:path';
import { afterAll, beforeAll, test } from 'vitest';
import { root } from '../support/sources.ts';
import { openPerson, SCREENS } from './person.ts';
import { openWorld, pagesOf, type World } from './world.ts';

process.env['WRIT_SCREENSHOTS'] ??= join(root, 'screenshots');

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world?.scene.close());

const LOOKS = (['desk', 'phone'] as const).flatMap((screen) =>
  (['light', 'dark'] as const).map((scheme) => ({ screen, scheme })),
);

test.each(LOOKS)('$screen, $scheme', async ({ screen, scheme }) => {
  const person = await openPerson(world.scene.broker.url, { screen: SCREENS[screen], scheme });
  await person.open('/');
  await person.shot(`sign-in-${screen}-${scheme}`);
  await person.signIn(world.scene.owner);
  for (const [name, path] of pagesOf(world)) {
    await person.open(path);
    await person.shot(`${name}-${screen}-${scheme}`);
  }
  await person.close();
});
