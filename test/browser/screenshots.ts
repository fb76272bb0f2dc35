/** `npm run screenshots`: pictures of every page, on both screens, in light and dark, written to `screenshots/`. */
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, test } from 'vitest';
import { root } from '../support/sources.ts';
import { openPerson, SCREENS } from './person.ts';
import { openWorld, pagesOf, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld('Mend the custom domain of staging, and tidy up what is left over');
});
afterAll(() => world?.scene.close());
beforeEach(() => {
  process.env['WRIT_SCREENSHOTS'] = join(root, 'screenshots');
});

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

test("the README's", async () => {
  process.env['WRIT_SCREENSHOTS'] = join(root, 'docs', 'images');
  const screen = SCREENS.picture;
  const person = await openPerson(world.scene.broker.url, { screen, scheme: 'light' });
  await person.open('/');
  await person.signIn(world.scene.owner);
  await person.open(`/approvals/${world.ids.approval}`);
  await person.shot('approval', 'screen');
  await person.open('/connections/railway');
  await person.shot('connection', 'screen');
  await person.open(`/grants/new?client=${world.ids.client}`);
  await person.page.getByRole('checkbox', { name: 'staging' }).check();
  await person.page.getByRole('checkbox', { name: 'Manage domains' }).check();
  await person.page.getByLabel('Which domains? Give the end that they all have.').fill('.staging.example.com');
  await person.page.getByRole('region', { name: 'What this lets happen' }).getByText('destroy').first().waitFor();
  await person.page.evaluate('scrollTo(0, 0)');
  await person.shot('grant', 'screen');
  await person.page.emulateMedia({ colorScheme: 'dark' });
  await person.open('/approvals');
  await person.shot('inbox', 'screen');
  await person.close();
});
