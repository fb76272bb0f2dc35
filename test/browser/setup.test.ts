/** From the link that Writ prints to an agent's first call; afterwards the account: passkeys, passwords, sessions, people. */
import { spawn } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBroker } from '../support/broker.ts';
import { fakePassword } from '../support/owner.ts';
import { startRailwayUpstream } from '../support/railway-upstream/start.ts';
import { openPerson, type Person, SCREENS } from './person.ts';

const [broker, railway] = await Promise.all([startBroker({ database: 'postgres' }), startRailwayUpstream()]);
const owner = { email: 'ada@example.com', password: fakePassword() };
let ada: Person;

beforeAll(async () => {
  ada = await openPerson(broker.url);
});
afterAll(async () => {
  await Promise.all([broker.remove(), railway.stop()]);
});

const button = (person: Person, name: string) => person.page.getByRole('button', { name, exact: true });

/** Proves a change with the password, in the dialog that asks for it. */
async function prove(person: Person, title: string, { password }: { password: string } = owner): Promise<void> {
  const dialog = person.page.getByRole('dialog', { name: title });
  await dialog.getByLabel('Your password').fill(password);
  await dialog.getByRole('button', { name: title, exact: true }).click();
}

test('the link of the set-up leads to a token that works, and to its first call, seen arriving', async () => {
  const { page } = ada;
  await page.goto(`/setup#token=${broker.setupToken}`);
  await page.getByRole('heading', { name: 'Set up Writ' }).waitFor();
  // The token is gone from the address, and from where one could go back to.
  expect(page.url()).toBe(`${broker.url}/setup`);
  await ada.shot('setup-owner');
  expect(await ada.inaccessible()).toEqual([]);
  await page.getByLabel('Your name').fill('Ada');
  await page.getByLabel('E-mail address').fill(owner.email);
  await page.getByLabel('Password', { exact: true }).fill('too short');
  await button(ada, 'Make the owner account').click();
  await page.getByText('needs at least 15').first().waitFor();
  await page.getByLabel('Password', { exact: true }).fill(owner.password);
  await button(ada, 'Make the owner account').click();
  await page.getByLabel('Name of the passkey').waitFor();
  await ada.shot('setup-passkey');
  await button(ada, 'Not now').click();

  await page.getByLabel(/^Account token/).check();
  await page.getByLabel('Root credential').and(page.locator('input[type=password]')).fill(railway.tokens.account);
  await page.getByText('Another address than').click();
  await page.getByLabel('Base URL').fill(railway.url);
  await ada.shot('setup-connection');
  await button(ada, 'Add the connection').click();
  await prove(ada, 'Add the connection');
  await button(ada, 'Add 3 environments').waitFor();
  await ada.shot('setup-import');
  expect(await ada.inaccessible()).toEqual([]);
  await button(ada, 'Add 3 environments').click();
  await prove(ada, 'Add 3 environments');

  // Left, and gone on later: what exists is not asked for again.
  await page.getByLabel('Name', { exact: true }).waitFor();
  await page.goto('/setup');
  await page.getByLabel('Name', { exact: true }).fill('Claude on my laptop');
  await button(ada, 'Make the agent').click();
  const box = page.getByRole('region', { name: 'The secret of claude-on-my-laptop' }).first();
  const secret = ((await box.locator('pre').textContent()) ?? '').trim();
  await ada.shot('setup-secret');
  await button(ada, 'Go on to the first grant').click();
  await page.getByRole('dialog', { name: /was not copied or saved here/ }).waitFor();
  await button(ada, 'Go back to it').click();
  await button(ada, 'Save as claude-on-my-laptop.secret').click();
  await button(ada, 'Go on to the first grant').click();
  await page.getByRole('region', { name: 'What this lets happen' }).waitFor();
  await ada.shot('setup-grant');
  expect(await ada.inaccessible()).toEqual([]);
  // What is no number is said at its field, stays to be mended, and is not sent.
  await page.getByLabel('Scale services').check();
  await page.getByLabel('How much memory at most, in GB?').fill('abc');
  await page.getByText('Must be a number.').waitFor();
  expect(await page.getByLabel('How much memory at most, in GB?').inputValue()).toBe('abc');
  expect(await button(ada, 'Make the grant').isDisabled()).toBe(true);
  await page.getByRole('radio').first().check();
  await page.getByRole('region', { name: 'What this lets happen' }).waitFor();
  await button(ada, 'Make the grant').click();

  await page.getByText('Waiting for the first call').waitFor();
  await ada.shot('setup-call');
  const command = (await page.getByRole('region', { name: 'The command of the first call' }).textContent()) ?? '';
  expect(command).not.toContain(secret);
  const { output } = await pasted(command, secret);
  expect(output).toContain('"data"');
  await page.getByText('The first call has arrived, and was let through.').waitFor();
  await page.getByText('call let through').waitFor();
  await ada.shot('setup-arrived');
  expect(await ada.inaccessible()).toEqual([]);
  await page.goto('/approvals');
  expect(await page.evaluate('JSON.stringify([localStorage, sessionStorage])')).not.toContain(secret);
  expect(ada.violations()).toEqual([]);
}, 180_000);

/** What a shell does with the command, and with a secret typed when it asks for one. */
async function pasted(command: string, secret: string): Promise<{ readonly output: string }> {
  const shell = spawn('sh', ['-c', command], { stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  shell.stdout.on('data', (part: Buffer) => {
    output += part.toString();
  });
  shell.stderr.on('data', (part: Buffer) => {
    output += part.toString();
  });
  shell.stdin.end(`${secret}\n`);
  await new Promise((resolve) => shell.on('close', resolve));
  return { output };
}

test('the set-up is over for everybody else, and a phone in the dark is told so', async () => {
  const bob = await openPerson(broker.url, { screen: SCREENS.phone, scheme: 'dark' });
  await bob.page.goto(`/setup#token=${broker.setupToken}`);
  await bob.page.getByText('Writ has its owner').waitFor();
  expect(await bob.inaccessible()).toEqual([]);
  await bob.signIn(owner);
  await bob.page.getByText('The first call has arrived').waitFor();
  await bob.shot('setup-phone-dark');
  expect(await bob.inaccessible()).toEqual([]);
  expect(bob.violations()).toEqual([]);
  await bob.close();
});

test('a passkey is registered, signs in, and proves a change; it is removed again', async () => {
  const { page } = ada;
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await page.goto('/account');
  await button(ada, 'Add a passkey').click();
  await page.getByLabel('Name of the passkey').fill('My test device');
  await button(ada, 'Make a passkey').click();
  await prove(ada, 'Register the passkey');
  await page.getByRole('row', { name: /My test device/ }).waitFor();
  await ada.shot('account');
  expect(await ada.inaccessible()).toEqual([]);

  await page.getByRole('button', { name: 'Ada owner' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await button(ada, 'Sign in with a passkey').click();
  await page.getByRole('heading', { name: 'Inbox' }).waitFor();

  await page.goto('/account');
  await button(ada, 'Remove the passkey My test device').click();
  await button(ada, 'Remove the passkey, with a passkey').click();
  await page.getByText('No passkey yet').waitFor();
  expect(ada.violations()).toEqual([]);
});

test('a new password ends the other sessions, and is the one that counts', async () => {
  const { page } = ada;
  const other = await openPerson(broker.url);
  await other.page.goto('/people');
  await other.signIn(owner);
  await other.page.getByRole('heading', { name: 'People' }).waitFor();
  const before = owner.password;
  await page.goto('/account');
  await page.getByLabel('New password').fill('short');
  const change = page.getByRole('region', { name: 'Password', exact: true }).getByRole('button', { name: 'Change' });
  await change.click();
  await page
    .getByText(/needs at least 15/)
    .first()
    .waitFor();
  owner.password = fakePassword();
  await page.getByLabel('New password').fill(owner.password);
  await change.click();
  await prove(ada, 'Change my password', { password: before });
  await page.getByText(/other sessions? (was|were) ended/).waitFor();

  // The other one had begun to type: it signs in again in place, and goes on.
  await button(other, 'Invite somebody').click();
  const dialog = other.page.getByRole('dialog', { name: 'Invite somebody' });
  await dialog.getByLabel('Name').fill('Grace');
  await dialog.getByLabel('E-mail address').fill('grace@example.com');
  await dialog.getByRole('button', { name: 'Make the link' }).click();
  const again = other.page.getByRole('dialog', { name: 'Sign in again' });
  await again.getByLabel('Password', { exact: true }).fill(owner.password);
  await again.getByRole('button', { name: 'Sign in', exact: true }).click();
  await prove(other, 'Make the link');
  const link = await other.page
    .getByRole('region', { name: 'The link for Grace' })
    .first()
    .locator('pre')
    .textContent();
  await dialog.waitFor({ state: 'hidden' });
  await other.shot('people-link');
  expect(await other.inaccessible()).toEqual([]);
  expect(other.violations()).toEqual([]);
  await other.close();

  const grace = await openPerson(broker.url, { screen: SCREENS.phone });
  await grace.page.goto(link ?? '');
  await grace.page.getByLabel('Password', { exact: true }).fill(fakePassword());
  expect(grace.page.url()).toBe(`${broker.url}/accept`);
  expect(await grace.inaccessible()).toEqual([]);
  await grace.shot('accept-phone');
  await button(grace, 'Set the password and sign in').click();
  await grace.page.getByRole('heading', { name: 'My account' }).waitFor();
  await grace.page.goto('/people');
  await grace.page.getByRole('cell', { name: 'grace@example.com' }).waitFor();
  expect(await button(grace, 'Invite somebody').count()).toBe(0);
  await grace.page.goto(link ?? '');
  await grace.page.getByLabel('Password', { exact: true }).fill(fakePassword());
  await button(grace, 'Set the password and sign in').click();
  await grace.page.getByText(/was used, or has expired/).waitFor();
  expect(grace.violations()).toEqual([]);
  await grace.close();
});

test('a broker that stopped is said to be, and the page goes on by itself', async () => {
  const { page } = ada;
  await page.goto('/account');
  await page.getByRole('row', { name: /this one/ }).waitFor();
  await broker.stop();
  await page.getByLabel('Name', { exact: true }).fill('Ada L.');
  await button(ada, 'Change my name').click();
  await prove(ada, 'Change my name');
  await page.getByText(/this page goes on by itself/).waitFor();
  await ada.shot('outage');
  expect(await ada.inaccessible()).toEqual([]);
  await broker.restart();
  await page.getByText(/this page goes on by itself/).waitFor({ state: 'hidden' });
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Ada L.');
  await button(ada, 'Change my name').click();
  await prove(ada, 'Change my name');
  await page.getByRole('button', { name: 'Ada L. owner' }).waitFor();
});
