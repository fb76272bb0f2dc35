/** Grants, as an admin makes them: narrow by a preset, edited with their difference shown, from a refusal, as form and as text. */
import type { Page } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';
import { openScene, refusalOf } from '../support/scene.ts';
import { openPerson, type Person, SCREENS } from './person.ts';

const scene = await openScene();
afterAll(() => scene.close());

/** A new client that is granted nothing. */
const newcomer = (client_id: string) => scene.client([], { client_id });

async function signedIn(path: string, options = {}): Promise<Person> {
  const person = await openPerson(scene.broker.url, options);
  await person.page.goto(path);
  await person.signIn(scene.owner);
  return person;
}

async function expectAccessible(person: Person): Promise<void> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await person.page.emulateMedia({ colorScheme });
    found.push(...(await person.inaccessible()).map((each) => `${colorScheme} ${each}`));
  }
  await person.page.emulateMedia({ colorScheme: 'light' });
  expect(found).toEqual([]);
}

const domain = (name: string, environment = 'e_staging') => `mutation { customDomainCreate(input: {
  domain: "${name}", environmentId: "${environment}", projectId: "p_rentals", serviceId: "s_api" }) { id } }`;
const REDEPLOY = 'mutation { serviceInstanceRedeploy(serviceId: "s_api", environmentId: "e_staging") }';

async function answered(who: Awaited<ReturnType<typeof newcomer>>, query: string) {
  const { access_token } = await scene.token(who);
  return refusalOf(await scene.graphql(access_token, query));
}

const preview = (page: Page) => page.getByRole('region', { name: 'What this lets happen' });
const textOf = (page: Page) => page.getByLabel('The grant as text');

test('a preset makes a narrow grant: what it allows passes, what lies beside it is refused; an edit shows its difference, and counts', async () => {
  const agent = await newcomer('domain-agent');
  const person = await signedIn('/grants/new?client=domain-agent');
  const { page } = person;
  await page.getByRole('heading', { name: 'New grant' }).waitFor();
  await preview(page).getByText('Choose at least one environment.').waitFor();
  await page.getByRole('checkbox', { name: 'staging' }).check();
  await page.getByRole('checkbox', { name: 'Manage domains' }).check();
  await preview(page).getByText('In staging, domain-agent may', { exact: false }).waitFor();
  await preview(page).getByText('Not answered yet:', { exact: false }).waitFor();
  const grantIt = page.getByRole('button', { name: 'Make the grant' });
  expect(await grantIt.isDisabled()).toBe(true);
  await page.getByLabel('Which domains? Give the end that they all have.').fill('.staging-rentals.example.com');
  await page.getByLabel('Name', { exact: true }).fill('Staging domains');
  await expectAccessible(person);
  await person.shot('grants-new-1440');
  await preview(page).getByText('destroy', { exact: true }).first().waitFor();
  await grantIt.click();
  await page.getByRole('heading', { name: 'The grant is made' }).waitFor();

  expect(await answered(agent, domain('new.staging-rentals.example.com'))).toEqual([200, null]);
  expect(await answered(agent, domain('new.elsewhere.example.com'))).toEqual([403, 'argument_not_granted']);
  expect(await answered(agent, domain('a.staging-rentals.example.com', 'e_production'))).toEqual([
    403,
    'environment_not_granted',
  ]);
  expect(await answered(agent, REDEPLOY)).toEqual([403, 'operation_not_granted']);

  await page.getByRole('link', { name: 'Staging domains' }).click();
  await page.getByRole('heading', { name: 'Staging domains' }).waitFor();
  await page.getByText('In staging, domain-agent may', { exact: false }).waitFor();
  await expectAccessible(person);
  await person.shot('grants-show-1440');
  await page.getByText('JSON', { exact: true }).click();
  await page
    .getByLabel('the JSON')
    .getByText('"ends_with": ".staging-rentals.example.com"', { exact: false })
    .waitFor();

  await page.getByRole('link', { name: 'Edit' }).click();
  await page.getByRole('tab', { name: 'Search operations' }).click();
  await page.getByLabel('Search operations').last().fill('serviceInstanceRedeploy');
  await page.getByRole('checkbox', { name: 'serviceInstanceRedeploy' }).check();
  const change = page.getByRole('region', { name: 'What changes' });
  await change.getByText('+ railway/staging/serviceInstanceRedeploy').waitFor();
  await change.getByText('Becomes possible (1)').waitFor();
  await change.getByText('Nothing that was possible stops.').waitFor();
  await expectAccessible(person);
  await person.shot('grants-edit-1440');
  await page.getByRole('button', { name: 'Save the change' }).click();
  await page.getByRole('heading', { name: 'Staging domains', exact: true }).waitFor();
  expect(await answered(agent, REDEPLOY)).toEqual([200, null]);
  expect(await answered(agent, domain('other.elsewhere.example.com'))).toEqual([403, 'argument_not_granted']);

  await page.getByRole('button', { name: 'Delete the grant', exact: true }).click();
  await page.getByRole('button', { name: 'Delete the grant "Staging domains"' }).click();
  await page.getByRole('heading', { name: 'Grants' }).waitFor();
  expect((await scene.tokenAnswer(agent)).status).not.toBe(200);
  expect(person.violations()).toEqual([]);
  await person.close();
});

test('the link of a refusal opens the smallest grant that mends it; what it tried is ticked by a person, one by one', async () => {
  const agent = await newcomer('trying-agent');
  await scene.owner.client.call('grants.create', {
    client_id: 'trying-agent',
    connection: 'railway',
    environments: ['staging'],
    operations: ['*:read'],
  });
  const { access_token } = await scene.token(agent);
  const { refusal } = await scene.graphql(access_token, REDEPLOY);
  await scene.graphql(access_token, 'mutation { volumeDelete(volumeId: "v_stag") }');
  const url = new URL(refusal?.next.url ?? '');
  expect(url.pathname).toBe('/grants/new');

  const person = await signedIn(`${url.pathname}${url.search}`, { screen: SCREENS.phone });
  const { page } = person;
  await page.getByRole('region', { name: 'What was refused' }).getByText('serviceInstanceRedeploy').waitFor();
  await page.getByRole('checkbox', { name: 'staging' }).check();
  await preview(page).getByText('In staging, trying-agent may', { exact: false }).waitFor();
  await expectAccessible(person);
  await person.shot('grants-refusal-390');
  await page.getByRole('button', { name: 'Make the grant' }).click();
  await page.getByRole('heading', { name: 'The grant is made' }).waitFor();
  expect(await answered(agent, REDEPLOY)).toEqual([200, null]);

  await page.goto('/grants/new?client=trying-agent&connection=railway');
  await page.getByRole('tab', { name: 'From what it tried' }).click();
  const destroys = page.getByRole('checkbox', { name: 'volumeDelete' });
  await destroys.waitFor();
  expect(await page.getByRole('tabpanel').getByRole('checkbox', { checked: true }).count()).toBe(0);
  await expectAccessible(person);
  await destroys.check();
  await expect.poll(() => textOf(page).inputValue()).toContain('volumeDelete');
  await destroys.uncheck();
  await expect.poll(() => textOf(page).inputValue()).not.toContain('volumeDelete');
  expect(person.violations()).toEqual([]);
  await person.close();
});

test('form and text are two editors of one value: neither loses what the other cannot show, and errors stand at their fields', async () => {
  await newcomer('text-agent');
  const person = await signedIn('/grants/new?client=text-agent');
  const { page } = person;
  const text = textOf(page);
  await text.waitFor();
  const written = [
    'railway/staging/*:read',
    'railway/staging/customDomainCreate',
    '--where customDomainCreate input.domain ends_with .staging-rentals.example.com',
    '--limit 5 customDomainCreate per day',
    '--ttl 30m',
  ].join('\n');
  await text.fill(written);
  expect(await page.getByRole('checkbox', { name: 'staging' }).isChecked()).toBe(true);
  expect(await page.getByLabel('Which domains? Give the end that they all have.').inputValue()).toBe(
    '.staging-rentals.example.com',
  );
  await page.getByText('5 customDomainCreate per day').first().waitFor();
  await page.getByLabel('Note').fill('the domain bug');
  await page.getByRole('checkbox', { name: 'production' }).check();
  const lines = (await text.inputValue()).split('\n');
  expect(lines).toEqual([
    'railway/staging/*:read',
    'railway/staging/customDomainCreate',
    'railway/production/*:read',
    'railway/production/customDomainCreate',
    ...written.split('\n').slice(2),
    '--note the domain bug',
  ]);

  await text.fill('railway/staging/serviceInstanceLimitsUpdate');
  const memory = page.getByLabel('How much memory at most, in GB?');
  await memory.pressSequentially('1.5');
  expect(await memory.inputValue()).toBe('1.5');
  await expect.poll(() => text.inputValue()).toContain('input.memoryGB at_most 1.5');
  await memory.fill('abc');
  await page.getByText('Must be a number.').waitFor();
  expect(await memory.inputValue()).toBe('abc');
  expect(await text.inputValue()).not.toContain('memoryGB');

  await text.fill(`${written}\n--until tomorrow`);
  await page.getByText('Line 6 has no option --until', { exact: false }).waitFor();
  expect(await page.getByLabel('Note').isDisabled()).toBe(true);
  await text.fill(`${written}\nrailway/staging/customDomainCraete`);
  await page.getByText('Did you mean customDomainCreate?', { exact: false }).waitFor();
  expect(await page.getByRole('button', { name: 'Make the grant' }).isDisabled()).toBe(true);

  await text.fill('railway/*/*');
  await preview(page).getByText('This is a broad grant.').waitFor();
  expect(await page.getByRole('button', { name: 'Make the grant' }).isDisabled()).toBe(true);
  await preview(page).getByText('A broad grant needs a note', { exact: false }).waitFor();
  await person.shot('grants-broad-1440');
  await text.fill("writ grant text-agent 'railway/staging/*:read' railway/shared/project --expires 7d");
  await page.getByRole('heading', { name: '2 grants' }).waitFor();
  await page.getByRole('button', { name: 'Make all 2 grants' }).click();
  await page.getByRole('heading', { name: 'The grants are made' }).waitFor();

  await page.goto('/grants?client=text-agent');
  await page.getByRole('cell', { name: 'railway/shared/project' }).waitFor();
  expect(await page.getByRole('row').count()).toBe(3);
  expect(await page.getByText('never used').count()).toBe(2);
  await page.getByLabel('Find a grant').fill('nothing like this');
  await page.getByRole('heading', { name: 'No grant is like that' }).waitFor();
  await page.getByRole('link', { name: 'Show all grants' }).click();
  await expect.poll(() => page.getByLabel('Find a grant').inputValue()).toBe('');
  await page.getByRole('checkbox', { name: 'Unused for 30 days' }).check();
  await page.waitForURL(/unused=true/);
  await page.getByRole('cell', { name: 'railway/shared/project' }).waitFor();
  await expectAccessible(person);
  await person.shot('grants-list-1440');
  expect(person.violations()).toEqual([]);
  await person.close();
});

test('an auditor looks at grants, and is offered no way to make or change them', async () => {
  const auditor = await scene.owner.invite('auditor');
  const person = await openPerson(scene.broker.url);
  await person.page.goto('/grants/new');
  await person.signIn(auditor);
  await person.page.getByRole('heading', { name: 'An admin makes grants' }).waitFor();
  await person.page.getByRole('link', { name: 'See the grants there are' }).click();
  const name = person.page.getByRole('cell', { name: /^grt_/ }).first();
  await name.waitFor();
  expect(await person.page.getByRole('link', { name: 'New grant' }).count()).toBe(0);
  await name.getByRole('link').click();
  await person.page.getByRole('heading', { name: 'Grant without a name' }).waitFor();
  expect(await person.page.getByRole('link', { name: 'Edit' }).count()).toBe(0);
  expect(person.violations()).toEqual([]);
  await person.close();
});
