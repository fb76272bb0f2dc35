/** What stops agents is found on the page of a connection: its freeze, and the guardrail that a link leads to. */
import { afterAll, expect, test } from 'vitest';
import { openScene, readStaging } from '../support/scene.ts';
import { openPerson } from './person.ts';

const scene = await openScene();
const owner = await openPerson(scene.broker.url);
const { page } = owner;
afterAll(async () => {
  await Promise.all([owner.close(), scene.close()]);
});

test('a link to a guardrail lands where it is seen, marked; one that was taken back is said to be', async () => {
  const { client, assertion } = scene.owner;
  const rule = { connection: 'railway', environments: 'production', operations: 'customDomainDelete' };
  await client.call('guardrails.put', { items: [{ ...rule, outcome: 'deny' }] }, { assertion });
  await page.goto('/connections/railway?tab=guardrails&rule=production%2FcustomDomainDelete');
  await owner.signIn(scene.owner);
  const rules = page.getByRole('region', { name: 'Rules' });
  const marked = rules.locator('[aria-current=true]');
  await marked.getByText('customDomainDelete in production is refused.').waitFor();
  expect(await marked.count()).toBe(1);
  await page.goto('/connections/railway?tab=guardrails&rule=protected%2F*%3Adestroy');
  await marked.first().waitFor();
  expect((await marked.allTextContents()).join()).toContain('in protected environments');
  // Between a phone and a desk nothing of the table is cut off.
  await page.setViewportSize({ width: 900, height: 900 });
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(900);
  await owner.shot('guardrails-900');
  expect(await owner.inaccessibleInBoth()).toEqual([]);
  await page.goto('/connections/railway?tab=guardrails&rule=production%2FvolumeDelete');
  await rules.getByText('The rule that the link led to is not there any more').waitFor();
});

test('an owner is told in the inbox of what another loosened, with the way back, until it was read', async () => {
  const other = await scene.owner.invite('owner');
  await other.client.call('guardrails.put', { items: [] }, { assertion: other.assertion });
  await page.goto('/approvals');
  const told = page.getByRole('region', { name: 'What others did' });
  const loosened = told.getByRole('listitem').filter({ hasText: 'guarded less than before' });
  await loosened.getByText(other.email).waitFor();
  expect(await owner.inaccessibleInBoth()).toEqual([]);
  await owner.shot('told');
  await loosened.getByRole('link').click();
  await page.getByRole('button', { name: 'Take back the change' }).waitFor();
  await page.goto('/approvals');
  await told.getByRole('button', { name: 'I have read it' }).click();
  await page.reload();
  await page.getByRole('heading', { name: 'Nothing waits' }).waitFor();
  expect(await told.count()).toBe(0);
});

test('a connection is frozen on its page: the agent is stopped, and it says so; an address without one leads back', async () => {
  const { access_token } = await scene.token();
  expect((await scene.graphql(access_token, readStaging())).status).toBe(200);
  await page.goto('/connections/railway');
  await page.getByRole('button', { name: 'Freeze railway' }).click();
  const dialog = page.getByRole('dialog', { name: 'Freeze railway' });
  await dialog.getByText('No request of any client goes through this connection').waitFor();
  await dialog.getByLabel('Reason').fill('looking into it');
  await dialog.getByRole('button', { name: 'Freeze railway' }).click();
  await page.getByRole('heading', { name: 'The connection is frozen' }).waitFor();
  expect((await scene.graphql(access_token, readStaging())).status).not.toBe(200);
  await page.goto('/connections/nothing-like-it');
  await page.getByRole('link', { name: 'Go to Connections' }).waitFor();
  expect(await owner.inaccessibleInBoth()).toEqual([]);
  expect(owner.violations()).toEqual([]);
});
