/** The page as a browser gets it: served by the broker, within its policy, at every address. */
import { afterAll, expect, test } from 'vitest';
import { openScene } from '../support/scene.ts';
import { openPerson, SCREENS } from './person.ts';

const scene = await openScene();
afterAll(() => scene.close());

test('who is not signed in signs in at the address they came to, and is there', async () => {
  const person = await openPerson(scene.broker.url);
  await person.page.goto('/grants');
  await person.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  expect(await person.inaccessible()).toEqual([]);
  await person.signIn(scene.owner);
  await person.page.getByRole('heading', { name: 'Grants' }).waitFor();
  await person.page.getByRole('row', { name: /agent/ }).first().waitFor();
  expect(person.violations()).toEqual([]);
  expect(await person.inaccessible()).toEqual([]);
  await person.close();
});

test('on a phone, in the dark, places are under the thumb', async () => {
  const person = await openPerson(scene.broker.url, { screen: SCREENS.phone, scheme: 'dark' });
  await person.page.goto('/');
  await person.signIn(scene.owner);
  await person.page.getByRole('heading', { name: 'Inbox' }).waitFor();
  await person.page.getByRole('navigation', { name: 'Places' }).getByText('Connections').click();
  await person.page.getByRole('cell', { name: 'railway' }).first().waitFor();
  expect(person.violations()).toEqual([]);
  expect(await person.inaccessible()).toEqual([]);
  await person.close();
});
