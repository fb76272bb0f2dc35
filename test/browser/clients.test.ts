/** Clients: a key that never leaves the browser, a CI job's policy that is tried before it is saved, and everything a client reaches. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startForeignIssuer } from '../support/foreign-issuer.ts';
import { openScene } from '../support/scene.ts';
import { openPerson, type Person, SCREENS } from './person.ts';

const [scene, issuer] = await Promise.all([openScene(), startForeignIssuer()]);
let ada: Person;
/** Every body that the browser sent. */
const sent: string[] = [];

beforeAll(async () => {
  ada = await openPerson(scene.broker.url);
  ada.page.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`));
  await ada.page.goto('/clients');
  await ada.signIn(scene.owner);
  await ada.page.getByRole('heading', { name: 'Clients' }).waitFor();
});
afterAll(async () => {
  await Promise.all([scene.close(), issuer.close()]);
});

const button = (person: Person, name: string) => person.page.getByRole('button', { name, exact: true });

test('a key pair is made in the browser: the private key is shown once, and is in no request', async () => {
  const { page } = ada;
  await page.getByRole('link', { name: 'New client' }).click();
  await page.getByLabel('Automation').check();
  await page.getByLabel('Name', { exact: true }).fill('Nightly report');
  // The id follows from the name, until somebody types one.
  expect(await page.getByLabel('Client id').inputValue()).toBe('nightly-report');
  await page.getByLabel('Client id').fill('Nightly Report');
  await page.getByLabel('A key pair').check();
  await ada.shot('client-new');
  expect(await ada.inaccessible()).toEqual([]);
  await button(ada, 'Make the client').click();
  // Refused at its field, before anything is sent; nothing that was typed is lost.
  await page.getByText(/lower-case letters/).waitFor();
  await page.getByLabel('Client id').fill('nightly-report');
  await button(ada, 'Make the client').click();
  const box = page.getByRole('region', { name: 'The private key of nightly-report' }).first();
  const shown = JSON.parse((await box.locator('pre').textContent()) ?? '') as {
    readonly d: string;
    readonly x: string;
  };
  // Nothing takes it away unasked before it was copied or saved.
  await page.getByRole('link', { name: 'Make its first grant' }).click();
  const lost = page.getByRole('dialog', { name: /was not copied or saved here/ });
  await lost.getByRole('button', { name: 'Go back to it' }).click();
  expect(await box.locator('pre').textContent()).toContain(shown.d);
  const download = page.waitForEvent('download');
  await button(ada, 'Save as nightly-report.jwk').click();
  expect((await download).suggestedFilename()).toBe('nightly-report.jwk');
  await ada.shot('client-key');
  expect(await ada.inaccessible()).toEqual([]);
  expect(shown.d.length).toBeGreaterThan(40);
  expect(sent.join('\n')).toContain(shown.x);
  expect(sent.join('\n')).not.toContain(shown.d);
  await page.getByRole('link', { name: 'Open the page of nightly-report' }).click();
  await page.getByRole('heading', { name: 'Nightly report' }).waitFor();
  expect(await page.content()).not.toContain(shown.d);
  expect(ada.violations()).toEqual([]);
});

test('a trust policy is tried with a token of a job: the claim that differs is named', async () => {
  const { page } = ada;
  const token = await issuer.sign({
    aud: `${scene.broker.url}/ci/deploy`,
    sub: 'repo:acme/app:environment:production',
    repository_id: '1002',
    environment: 'production',
    event_name: 'push',
  });
  await page.goto('/clients/new');
  await page.getByLabel('CI', { exact: true }).check();
  await page.getByLabel('Name', { exact: true }).fill('Deploys');
  await page.getByLabel('Client id').fill('deploy');
  expect(await page.getByLabel('Audience').inputValue()).toBe(`${scene.broker.url}/ci/deploy`);
  await page.getByLabel('Issuer', { exact: true }).fill(issuer.url);
  await page.getByLabel('The issuer is at a private address').check();
  await button(ada, 'Make the client').click();
  // A policy that pins no id is refused, in the words of the API.
  await page
    .getByText(/^Pins no/)
    .first()
    .waitFor();
  await page.getByLabel('repository_id', { exact: true }).fill('1001');
  await page.getByLabel('An identity token of a job').fill(token);
  await button(ada, 'Test the token').click();
  const dialog = page.getByRole('dialog', { name: 'Test the token' });
  await dialog.getByLabel('Your password').fill(scene.owner.password);
  await dialog.getByRole('button', { name: 'Test the token', exact: true }).click();
  const result = page.getByRole('region', { name: 'How the token fared' });
  await result.getByText('refused', { exact: true }).waitFor();
  await result.getByText('wanted 1001, found 1002').waitFor();
  await ada.shot('client-policy');
  expect(await ada.inaccessible()).toEqual([]);
  await page.getByLabel('repository_id', { exact: true }).fill('1002');
  // What was found out by the policy as it was is not said of it as it is.
  await page.getByText('The policy was changed since the token was tested').waitFor();
  expect(await result.count()).toBe(0);
  await button(ada, 'Make the client').click();
  await page.getByRole('link', { name: 'Open the page of deploy' }).click();
  await page.getByRole('tab', { name: 'Trust policy' }).click();
  await page.getByLabel('An identity token of a job').fill(token);
  await button(ada, 'Test the token').click();
  await page.getByText('accepted', { exact: true }).waitFor();
  await button(ada, 'Change the trust policy').click();
  await page.getByLabel('repository_id', { exact: true }).fill('1003');
  await button(ada, 'Change the trust policy').click();
  await page.getByRole('heading', { name: 'Trust policy', exact: true }).waitFor();
  expect(await page.getByText('accepted', { exact: true }).count()).toBe(0);
  await ada.shot('client-policy-saved');
  expect(await ada.inaccessible()).toEqual([]);
  expect(ada.violations()).toEqual([]);
});

test('a client is seen as it sees: what it reaches and by which grant, what it tried, and how it is stopped', async () => {
  const { page } = ada;
  const { access_token } = await scene.token();
  await scene.graphql(access_token, 'mutation { volumeDelete(volumeId: "v_prod") }');
  await page.goto('/clients');
  await page.getByLabel('Find a client').fill(scene.agent.client_id);
  await page.getByRole('link', { name: 'Test Client' }).click();
  await page.getByRole('heading', { name: 'Test Client' }).waitFor();
  await page.getByRole('tab', { name: 'See as the client' }).click();
  await page.getByLabel('Find an operation').fill('customDomainCreate');
  const row = page.getByRole('row', { name: /customDomainCreate/ }).first();
  await row.getByText('staging', { exact: true }).waitFor();
  expect(await row.getByRole('link').count()).toBe(1);
  await page.getByLabel('Find an operation').fill('volumeDelete');
  await page.getByText('It reaches nothing like that').waitFor();
  await page.getByLabel('Find an operation').fill('');
  await page.getByRole('combobox', { name: 'Environment' }).click();
  await page.getByRole('option', { name: 'shared' }).click();
  const shared = page.getByRole('row', { name: /allowed/ }).first();
  await shared.getByLabel('protected').waitFor();
  await ada.shot('client-reach');
  expect(await ada.inaccessible()).toEqual([]);
  await page.getByRole('tab', { name: 'What it tried' }).click();
  await page.getByRole('row', { name: /volumeDelete/ }).waitFor();
  await ada.shot('client-refusals');
  await page.getByRole('tab', { name: 'Use it' }).click();
  await page.getByRole('region', { name: 'In a script' }).first().waitFor();
  await ada.shot('client-use');
  expect(await ada.inaccessible()).toEqual([]);
  await page.getByRole('tab', { name: 'Tasks and tokens' }).click();
  await button(ada, 'Revoke all of its tokens').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke all of its tokens' }).click();
  await page.getByRole('cell', { name: 'revoked' }).first().waitFor();
  expect(await ada.inaccessible()).toEqual([]);
  expect((await scene.graphql(access_token, '{ projects { edges { node { id } } } }')).status).toBe(401);
  await page.getByRole('tab', { name: 'Stop it' }).click();
  await button(ada, 'Delete the client').waitFor();
  await button(ada, 'Disable the client').click();
  const { client_id } = scene.agent;
  await scene.owner.client.call('clients.patch', { id: client_id, disabled: true }, scene.owner);
  await page.getByText('Enable the client', { exact: true }).waitFor();
  const asked = page.getByRole('dialog', { name: `Disable ${client_id}` });
  expect(await asked.getByRole('button', { name: `Disable ${client_id}` }).count()).toBe(1);
  await asked.getByText('It gets no token from now on').waitFor();
  await asked.getByRole('button', { name: 'Go back' }).click();
  await scene.owner.client.call('clients.patch', { id: client_id, disabled: false }, scene.owner);
  await button(ada, 'Disable the client').waitFor();
  await ada.shot('client-stop');
  expect(await ada.inaccessible()).toEqual([]);
  expect(ada.violations()).toEqual([]);
});

test('the settings of a client are changed in its page: what that widens is said before, and nothing else is sent', async () => {
  const { page } = ada;
  const { client_id } = scene.agent;
  await page.goto(`/clients/${client_id}`);
  await button(ada, 'Change the settings').click();
  const dialog = page.getByRole('dialog', { name: `Settings of ${client_id}` });
  expect(await dialog.getByRole('button', { name: 'Change the settings' }).isDisabled()).toBe(true);
  await dialog.getByLabel('It may ask about tokens of other clients').check();
  await dialog.getByLabel('Name').fill('x'.repeat(101));
  await dialog.getByRole('region', { name: 'What changes' }).getByText('widens').waitFor();
  await dialog.getByRole('button', { name: 'Change the settings' }).click();
  await dialog
    .getByText(/[Mm]ust/)
    .first()
    .waitFor();
  await dialog.getByLabel('Name').fill('Test Client');
  expect(await ada.inaccessible()).toEqual([]);
  await ada.shot('client-settings');
  await dialog.getByRole('button', { name: 'Change the settings' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await page.getByText('What its tokens are good for').click();
  await page.getByText('it may', { exact: true }).waitFor();
  const patches = sent.filter((one) => one.startsWith(`${scene.broker.url}/api/v1/clients/${client_id} {`));
  expect(patches.at(-1)).toContain('{"scopes":["writ:introspect"],"if_version":');
  // What another admin tightened while the form was open is not undone by it.
  await button(ada, 'Change the settings').click();
  await dialog.getByLabel('Name').fill('Test Client 2');
  await scene.owner.client.call('clients.patch', { id: client_id, require_task: true }, scene.owner);
  await dialog.getByText('Somebody else changed it meanwhile').waitFor();
  expect(await dialog.getByRole('button', { name: 'Change the settings' }).isDisabled()).toBe(true);
  await dialog.getByRole('button', { name: 'Read it again' }).click();
  expect(await dialog.getByLabel('No token without a purpose').isChecked()).toBe(true);
  await ada.page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  // The tab in an address is one that this person has, or the first.
  await page.goto(`/clients/${client_id}?tab=nothing`);
  await page.getByRole('tab', { name: 'Grants', selected: true }).waitFor();
  await page.goto('/clients/nobody');
  await page.getByRole('link', { name: 'Go to Clients' }).waitFor();
  expect(await ada.inaccessible()).toEqual([]);
  expect(ada.violations()).toEqual([]);
});

test('each role sees only its own: an auditor looks, an approver also stops, neither makes or grants', async () => {
  const [auditor, approver] = await Promise.all([scene.owner.invite('auditor'), scene.owner.invite('approver')]);
  const anne = await openPerson(scene.broker.url, { screen: SCREENS.phone, scheme: 'dark' });
  await anne.page.goto(`/clients/${scene.agent.client_id}`);
  await anne.signIn(auditor);
  await anne.page.getByRole('heading', { name: 'Test Client' }).waitFor();
  expect(await anne.page.getByRole('tab').allTextContents()).not.toContain('What it tried');
  expect(await anne.page.getByRole('link', { name: 'New grant' }).count()).toBe(0);
  await anne.page.getByRole('tab', { name: 'Stop it' }).click();
  await anne.page.getByText('An approver can freeze it.').waitFor();
  expect(await button(anne, 'Delete the client').count()).toBe(0);
  await anne.shot('client-phone-dark');
  expect(await anne.inaccessible()).toEqual([]);
  await anne.page.goto('/clients');
  await anne.page.getByRole('link', { name: 'Test Client' }).waitFor();
  expect(await anne.page.getByRole('link', { name: 'New client' }).count()).toBe(0);
  await anne.shot('clients-phone-dark');
  expect(await anne.inaccessible()).toEqual([]);
  expect(anne.violations()).toEqual([]);
  await anne.close();

  const bob = await openPerson(scene.broker.url);
  await bob.page.goto(`/clients/${scene.agent.client_id}`);
  await bob.signIn(approver);
  await bob.page.getByRole('tab', { name: 'Stop it' }).click();
  await button(bob, `Freeze ${scene.agent.client_id}`).click();
  await bob.page.getByLabel('Reason').fill('It asked for production');
  await bob.page
    .getByRole('dialog')
    .getByRole('button', { name: `Freeze ${scene.agent.client_id}` })
    .click();
  await bob.page.getByRole('heading', { name: 'The client is frozen' }).waitFor();
  expect(await button(bob, 'Delete the client').count()).toBe(0);
  expect((await scene.tokenAnswer(scene.agent)).status).not.toBe(200);
  await bob.page.goto('/freeze');
  await bob.page.getByRole('table', { name: 'Freezes' }).waitFor();
  expect(await button(bob, 'Lift the freeze').count()).toBe(0);
  await bob.shot('freeze');
  expect(await bob.inaccessible()).toEqual([]);
  expect(bob.violations()).toEqual([]);
  await bob.close();
});
