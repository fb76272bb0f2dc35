/** The page as a browser gets it: served by the broker, within its policy, at every address. */
import { afterAll, expect, test } from 'vitest';
import { openScene } from '../support/scene.ts';
import { openPerson, type Person, SCREENS } from './person.ts';

const scene = await openScene();
afterAll(() => scene.close());

/** The owner, in the inbox. */
async function signedIn(): Promise<Person> {
  const person = await openPerson(scene.broker.url);
  await person.page.goto('/');
  await person.signIn(scene.owner);
  await person.page.getByRole('heading', { name: 'Inbox' }).waitFor();
  return person;
}

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

test('a room that is opened while the broker is stopped comes by itself once it is back, with its styles', async () => {
  const person = await signedIn();
  await scene.broker.stop();
  await person.page.getByRole('link', { name: 'People' }).click();
  await person.page.getByText('this page goes on by itself').waitFor();
  await scene.broker.restart();
  await person.page.getByRole('heading', { name: 'People' }).waitFor();
  await person.page.getByText('this page goes on by itself').waitFor({ state: 'detached' });
  const broken = `[...document.querySelectorAll('link[rel=stylesheet]')].filter(({ sheet }) => sheet === null).length`;
  expect(await person.page.evaluate(broken)).toBe(0);
  await person.close();
});

test('an error of what stands before the broker counts as an outage, and is over by itself', async () => {
  const person = await signedIn();
  await person.page.route('**/{api,healthz}**', (route) =>
    route.fulfill({ status: 502, body: '<h1>Bad gateway</h1>' }),
  );
  await person.page.getByRole('link', { name: 'People' }).click();
  await person.page.getByText('this page goes on by itself').waitFor();
  expect(await person.page.getByText('Something went wrong').count()).toBe(0);
  await person.page.unrouteAll();
  await person.page.getByRole('cell', { name: scene.owner.email }).waitFor();
  await person.page.getByText('this page goes on by itself').waitFor({ state: 'detached' });
  await person.close();
});

test('a page that was open while Writ was updated says so, keeps what is typed, and is loaded anew by one button', async () => {
  const person = await signedIn();
  const { page } = person;
  await page.goto('/account');
  await page.getByLabel('Name', { exact: true }).fill('Typed');
  await page.route('**/assets/**', (route) => route.fulfill({ status: 404 }));
  await page.getByRole('link', { name: 'Connections' }).click();
  await page.getByText('Writ has been updated').waitFor();
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Typed');
  expect(await person.inaccessible()).toEqual([]);
  await page.unrouteAll();
  await page.getByRole('button', { name: 'Load the page again' }).click();
  await page.getByRole('heading', { name: 'Connections' }).waitFor();
  await person.close();
});

test('whoever signs in over the page of another sends nothing of it, and begins with a page of their own', async () => {
  const grace = await scene.owner.invite('admin');
  const person = await signedIn();
  const { page } = person;
  await page.goto('/account');
  await page.getByLabel('Name', { exact: true }).fill('Typed by the owner');
  // In another window of the same browser somebody else signs in: the cookie is theirs from then on.
  const body = { email: grace.email, password: grace.password, client: 'browser' };
  expect((await page.context().request.post('/api/v1/session', { data: body })).status()).toBe(201);
  // By itself, or at the latest when the page asks for something, it belongs to nobody who is here.
  await page.getByRole('button', { name: 'Change my name' }).dispatchEvent('click');
  const again = page.getByRole('dialog', { name: 'Sign in again' });
  await again.waitFor();
  expect(await again.getByLabel('E-mail address').inputValue()).toBe(scene.owner.email);
  await again.getByRole('button', { name: 'I am somebody else' }).click();
  await page.getByRole('heading', { name: 'Inbox' }).waitFor();
  const { items } = await scene.owner.client.call('users.list', {});
  expect(items.map(({ name }) => name)).not.toContain('Typed by the owner');
  await person.close();
});

test('anything is found by its name or id from the keyboard, as inert text; an auditor is offered nothing to make', async () => {
  const person = await signedIn();
  const { page } = person;
  const { client } = scene.owner;
  const auth = { method: 'client_secret_basic' } as const;
  await client.call('clients.create', { client_id: 'zz-last', kind: 'agent', name: 'Zz <b>last', auth });
  await client.call('grants.create', {
    ...{ client_id: 'zz-last', connection: 'railway', name: 'Zz reads' },
    ...{ environments: ['staging'], operations: ['*:read'] },
  });
  await page.keyboard.press('Control+K');
  const field = page.getByRole('textbox', { name: 'Find', exact: true });
  await field.fill('new');
  await page.getByRole('button', { name: 'New grant' }).waitFor();
  await field.fill('zz');
  await page.getByRole('button', { name: /^Zz <b>last/ }).waitFor();
  await page.getByRole('button', { name: /^Zz reads/ }).waitFor();
  expect(await person.inaccessible()).toEqual([]);
  await person.shot('palette', 'screen');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/clients/zz-last');
  await page.keyboard.press('Control+K');
  await field.fill(scene.owner.email);
  await page.getByRole('button', { name: new RegExp(scene.owner.email) }).waitFor();
  await field.fill('no such thing');
  await page.getByText('Nothing here is called').waitFor();
  await person.close();

  const auditor = await openPerson(scene.broker.url);
  await auditor.page.goto('/grants');
  await auditor.signIn(await scene.owner.invite('auditor'));
  await auditor.page.getByRole('heading', { name: 'Grants' }).waitFor();
  await auditor.page.keyboard.press('Control+K');
  await auditor.page.getByRole('textbox', { name: 'Find', exact: true }).fill('n');
  await auditor.page.getByRole('button', { name: 'Connections' }).waitFor();
  expect(await auditor.page.getByRole('button', { name: /^New / }).count()).toBe(0);
  await auditor.close();
});
