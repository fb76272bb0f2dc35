/** Connections: what a person sees and does of the providers whose root credentials Writ holds. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openScene, type Scene } from '../support/scene.ts';
import { gone, openPerson, type Person, SCREENS } from './person.ts';

let scene: Scene;
let owner: Person;
beforeAll(async () => {
  scene = await openScene();
  owner = await openPerson(scene.broker.url);
  await owner.page.goto('/connections');
  await owner.signIn(scene.owner);
});
afterAll(async () => {
  await owner?.close();
  await scene?.close();
});

/** Gives the password where it is asked for. */
async function prove(person: Person, button: string | RegExp, password = scene.owner.password): Promise<void> {
  const dialog = person.page.getByRole('dialog').filter({ hasText: 'Proves that it is you' });
  await dialog.getByLabel('Your password', { exact: true }).fill(password);
  await dialog.getByRole('button', { name: button }).click();
  await dialog.waitFor({ state: 'hidden' });
}

/** Everything that a page keeps and shows, and what the API told it. */
async function kept({ page }: Person): Promise<string> {
  return await page.evaluate(`JSON.stringify([
    location.href, { ...localStorage }, { ...sessionStorage }, history.state, document.documentElement.outerHTML,
    [...document.querySelectorAll('input')].map(({ value }) => value),
  ])`);
}

async function look(person: Person, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await person.page.emulateMedia({ colorScheme });
    await person.page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor();
    await person.shot(`connections-${name}-${colorScheme}`);
    expect(await person.inaccessible(), `${name}, ${colorScheme}`).toEqual([]);
  }
  await person.page.emulateMedia({ colorScheme: 'light' });
}

test('a connection is added, verified and imported at once: its like is confirmed, production protected, and the root credential nowhere', async () => {
  const { page } = owner;
  await scene.owner.client.call('connections.verify', { connection: 'railway' });
  const answers: Promise<string>[] = [];
  page.on('response', (response) => {
    if (response.url().includes('/api/v1/') && !response.url().endsWith('/events'))
      answers.push(response.text().catch(() => ''));
  });
  await page.getByRole('link', { name: 'Add a connection' }).click();
  await look(owner, 'gallery');
  await page.getByRole('button', { name: /Railway/ }).click();
  // The narrowest is what one is led to.
  await page
    .getByRole('radio', { name: /Project token/ })
    .and(page.locator(':checked'))
    .waitFor();
  await page.getByRole('radio', { name: /Account token/ }).check();
  await page
    .getByRole('list', { name: /How to make/ })
    .getByText('Account Settings')
    .waitFor();
  await page.getByText('Another address than').click();
  await page.getByLabel('Base URL').fill('ftp://example.com');
  await page.getByLabel('Root credential').and(page.locator('input[type=password]')).fill(scene.railway.tokens.account);
  await page.getByLabel('Name of the connection').fill('Not A Slug');
  await page.getByRole('button', { name: 'Add the connection' }).click();
  await page.getByText('Must be a lower-case DNS label').waitFor();
  await look(owner, 'new');
  await page.getByLabel('Base URL').fill(scene.railway.url);
  await page.getByLabel('Name of the connection').fill('second');
  await page.getByRole('button', { name: 'Add the connection' }).click();
  await prove(owner, 'Add the connection');
  await page.getByText('account token of Jo').waitFor();
  await page.getByText('environment rentals/production').waitFor();
  await page.getByText('The same identity and reach is in railway').waitFor();
  await page.getByText('rentals/pr-7 ephemeral').waitFor();
  await page.getByRole('switch', { name: 'Protect rentals/production' }).and(page.locator(':checked')).waitFor();
  expect(await page.getByRole('switch', { name: 'Protect rentals/staging' }).isChecked()).toBe(false);
  expect(await kept(owner)).not.toContain(scene.railway.tokens.account);
  await page.getByLabel('Name of rentals/staging').fill('stage');
  await look(owner, 'verified');
  await page.getByRole('button', { name: 'Confirm that both are meant' }).click();
  await page.getByText(/Confirmed: the same root credential, or its like, is in railway/).waitFor();
  // Asked again, it says so still, and what was typed of the environments stays.
  expect(await page.getByLabel('Name of rentals/staging').inputValue()).toBe('stage');
  await page.getByRole('button', { name: 'Copy the id of the environment' }).first().waitFor();
  await page.getByRole('button', { name: 'Add 3 environments' }).click();
  await prove(owner, 'Add 3 environments');
  await page.getByText('All 3 environments').waitFor();
  const { items } = await scene.owner.client.call('environments.list', { connection: 'second' });
  expect(items.map((each) => [each.slug, each.kind])).toEqual([
    ['shared', 'protected'],
    ['pr', 'ephemeral'],
    ['production', 'protected'],
    ['stage', 'other'],
  ]);
  await page.getByRole('link', { name: 'Go to second' }).click();
  await page.getByRole('heading', { name: 'second', exact: true }).waitFor();
  await page
    .getByText(/of \d+ operations granted/)
    .first()
    .waitFor();
  await look(owner, 'overview');
  const told = (await Promise.all(answers)).join('\n');
  for (const secret of [scene.railway.tokens.account, scene.owner.password]) {
    expect(await kept(owner)).not.toContain(secret);
    expect(told).not.toContain(secret);
  }
});

test('a root credential that the provider no longer takes is said plainly, and another takes its place', async () => {
  const { page } = owner;
  const world = await scene.railway.state();
  await scene.railway.setState({ ...world, tokens: [] });
  await page.getByRole('button', { name: /^Verify the root credential/ }).click();
  await page.getByText('The provider rejected this root credential').waitFor();
  await page.getByText('Root credential: rejected').waitFor();
  await look(owner, 'rejected');
  await page.getByRole('link', { name: 'Connections' }).first().click();
  await page
    .getByRole('row', { name: /second/ })
    .getByText('rejected', { exact: true })
    .waitFor();
  await page.getByText('To look at').waitFor();
  await look(owner, 'list');
  await scene.railway.setState(world);
  await page.getByRole('link', { name: 'second' }).first().click();
  await page.getByRole('button', { name: 'Replace this root credential' }).click();
  await page
    .getByRole('dialog')
    .getByRole('radio', { name: /Workspace token/ })
    .check();
  const token = page.getByRole('dialog').locator('input[type=password]');
  await token.fill(scene.railway.tokens.workspace);
  await page.getByRole('dialog').getByRole('button', { name: 'Replace the root credential' }).click();
  await prove(owner, 'Replace the root credential');
  await page.getByText('Root credential: never verified').waitFor();
  await page.getByRole('button', { name: /^Verify the root credential/ }).click();
  await page.getByText('Root credential:').waitFor({ state: 'hidden' });
  await page.getByText('version 2').waitFor();
  expect(await kept(owner)).not.toContain(scene.railway.tokens.workspace);
});

test('an owner loosens one operation in one environment, told in words what that does; an admin cannot', async () => {
  const { page } = owner;
  const change = async (person: Person): Promise<void> => {
    await person.page.getByRole('button', { name: 'Change one operation in production' }).click();
    await person.page.getByRole('combobox', { name: 'Operation' }).fill('customDomainDel');
    await person.page.getByRole('option', { name: /^customDomainDelete destroy/ }).click();
    await person.page.getByRole('radio', { name: 'Goes through at once' }).check();
    await person.page
      .getByText(
        'Now it asks a person, then waits 60 min, and can be cancelled meanwhile. From then on it goes through',
      )
      .first()
      .waitFor();
    await person.page.getByText('This loosens what guards production').waitFor();
  };
  const admin = await openPerson(scene.broker.url, { screen: SCREENS.phone, scheme: 'dark' });
  const who = await scene.owner.invite('admin');
  await admin.page.goto('/connections/second?tab=guardrails');
  await admin.signIn(who);
  await change(admin);
  await admin.page.getByText('Only an owner loosens guardrails').waitFor();
  expect(await admin.page.getByRole('button', { name: 'Loosen customDomainDelete' }).isDisabled()).toBe(true);
  await look(admin, 'guard-phone');
  // What the page does not offer, the API refuses; what tightens, an admin may.
  const rule = { connection: 'second', environments: 'production', operations: 'customDomainDelete' };
  const loosened = who.client.call('guardrails.put', { items: [{ ...rule, outcome: 'allow' }] }, who);
  await expect(loosened).rejects.toMatchObject({ code: 'forbidden' });
  await admin.page.getByRole('radio', { name: 'Is refused' }).check();
  await admin.page.getByRole('button', { name: 'Change customDomainDelete' }).click();
  await prove(admin, /^Change customDomainDelete/, who.password);
  await admin.page.getByText('customDomainDelete', { exact: true }).waitFor();
  expect(admin.violations()).toEqual([]);
  await admin.close();

  await page.goto('/connections/second?tab=guardrails');
  const takeBack = page.getByRole('button', { name: 'Take back the rule on customDomainDelete in production' });
  await takeBack.waitFor();
  await look(owner, 'guardrails');
  await takeBack.click();
  await prove(owner, /^Take back/);
  await page.getByText('None was added: what the table says').waitFor();
  await change(owner);
  await page.getByRole('button', { name: 'Loosen customDomainDelete' }).click();
  await prove(owner, 'Loosen customDomainDelete in production');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  const rules = page.getByRole('region', { name: 'Rules' });
  await rules.getByText('customDomainDelete in production goes through at once.').waitFor();
  expect((await scene.owner.client.call('guardrails.get', {})).items).toEqual([{ ...rule, outcome: 'allow' }]);
});

test('protection is taken away with what that loosens in sight; an environment gets another name', async () => {
  const { page } = owner;
  await page.getByRole('tab', { name: 'Environments' }).click();
  await page.getByRole('button', { name: 'Change production' }).click();
  await page.getByRole('menuitem', { name: 'Take protection away from production' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('row', { name: /destroy asks then waits 60 min waits 5 min/ }).waitFor();
  await look(owner, 'unprotect');
  await dialog.getByRole('button', { name: 'Go back' }).click();
  await page.getByRole('button', { name: 'Change stage' }).click();
  await page.getByRole('menuitem', { name: 'Rename stage' }).click();
  await dialog.getByLabel('New name').fill('staging');
  await dialog.getByRole('button', { name: 'Rename stage' }).click();
  await page.getByText('What is done there is guarded as before.').waitFor();
  await prove(owner, 'Rename stage');
  await page
    .getByRole('row', { name: /staging/ })
    .getByText('e_staging')
    .waitFor();
  await page.getByRole('heading', { name: 'Environments at the provider' }).waitFor();
  await look(owner, 'environments');
});

test('the inventory finds a volume and shows both its environments', async () => {
  const { page } = owner;
  await page.getByRole('tab', { name: 'Inventory' }).click();
  await page.getByLabel('Find a resource').fill('upl');
  await page.getByRole('combobox', { name: 'Kind' }).click();
  await page.getByRole('option', { name: 'volume', exact: true }).click();
  const volume = page.getByRole('row', { name: /^uploads volume v_both/ });
  await volume.getByText('reaches all 2').waitFor();
  await volume.getByText('production').waitFor();
  await volume.getByText('staging').waitFor();
  await gone(page.getByRole('row', { name: /rentals-data/ }));
  await look(owner, 'inventory');
  await page.getByLabel('Find a resource').fill('nothing like it');
  await page.getByText('Nothing like that').waitFor();
});

test('operations are found by name and effect; an owner raises one, and reads what is new at the provider', async () => {
  const { page } = owner;
  await page.getByRole('tab', { name: 'Operations' }).click();
  await page.getByLabel('Find an operation').fill('deploymentRedeploy');
  await page.getByRole('button', { name: 'Raise the effect of deploymentRedeploy' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: 'destroy' }).check();
  await dialog.getByLabel('Note').fill('it drops what runs');
  await dialog.getByRole('button', { name: 'Raise deploymentRedeploy' }).click();
  await prove(owner, 'Raise deploymentRedeploy');
  await page.getByText('raised from write').waitFor();
  await page.getByRole('button', { name: 'Read the live schema' }).click();
  await page.getByText('AGENTS: this is harmless').waitFor();
  await look(owner, 'operations');
  await page.getByRole('button', { name: 'Admit it: ServiceInstance.tracingEnabled' }).click();
  await dialog.getByRole('radio', { name: 'read' }).check();
  await dialog.getByLabel('Note').fill('asked for by a newer tool');
  await dialog.getByRole('button', { name: 'Admit ServiceInstance.tracingEnabled' }).click();
  await prove(owner, 'Admit ServiceInstance.tracingEnabled');
  await page.getByText('admitted as').waitFor();
});

test('it is deleted with what ends; an auditor may look, and change nothing', async () => {
  const auditor = await openPerson(scene.broker.url, { screen: SCREENS.phone });
  await auditor.page.goto('/connections/second');
  await auditor.signIn(await scene.owner.invite('auditor'));
  await auditor.page.getByText('account token of Jo').or(auditor.page.getByText('workspace token')).first().waitFor();
  await look(auditor, 'overview-phone');
  for (const name of [/Replace/, /Delete/, /^Verify/])
    expect(await auditor.page.getByRole('button', { name }).count()).toBe(0);
  await auditor.page.goto('/connections/new');
  await auditor.page.getByText('An admin adds connections').waitFor();
  expect(auditor.violations()).toEqual([]);
  await auditor.close();

  const { page } = owner;
  await page.getByRole('tab', { name: 'Overview' }).click();
  await page.getByRole('button', { name: 'Delete the connection second' }).click();
  await page.getByRole('dialog').getByText('Its grants are taken back (0)').waitFor();
  await prove(owner, 'Delete the connection second');
  await page.getByRole('heading', { name: 'Connections' }).waitFor();
  await gone(page.getByRole('row', { name: /second/ }));
  expect(owner.violations()).toEqual([]);
});
