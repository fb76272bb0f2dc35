/** A person answers what waits, and stops what runs: through the page, on a real broker, until the agent is told. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answer, openScene, type Scene } from '../support/scene.ts';
import { openPerson, type Person, SCREENS } from './person.ts';

const SET = 'mutation Set($input: VariableUpsertInput!) { variableUpsert(input: $input) }';
const GRANTS = [
  { environments: ['shared'], operations: ['*:read'] },
  { environments: ['staging'], operations: ['*:read', 'variableUpsert', 'volumeDelete'] },
  { environments: ['production'], operations: ['*:read', 'volumeDelete'] },
];
const ASKED = { environments: 'other', operations: 'variableUpsert', outcome: 'approve' } as const;
const LOST = { environments: 'staging', operations: 'volumeDelete', outcome: 'hold', hold_minutes: 5 } as const;

let scene: Scene;
let owner: Person;
let token: string;
const value = `fake-secret-${randomBytes(6).toString('hex')}`;

beforeAll(async () => {
  scene = await openScene({ grants: GRANTS });
  await scene.owner.client.call('guardrails.put', { items: [ASKED, LOST] }, { assertion: scene.owner.assertion });
  ({ access_token: token } = await scene.token(scene.agent, { task: 'put the PIN of staging right' }));
  owner = await openPerson(scene.broker.url);
  await owner.page.goto('/approvals');
  await owner.signIn(scene.owner);
}, 120_000);
afterAll(async () => {
  expect(owner?.violations()).toEqual([]);
  await owner?.close();
  await scene?.close();
});

const set = (name: string, with_token = token): Promise<Answer> => {
  const input = { projectId: 'p_rentals', environmentId: 'e_staging', serviceId: 's_api', name, value };
  return scene.graphql(with_token, SET, { input });
};
const destroy = (id: string, with_token = token): Promise<Answer> =>
  scene.graphql(with_token, `mutation Clean { volumeDelete(volumeId: "${id}") }`);
const idIn = ({ text }: Answer, kind = 'apr'): string => new RegExp(`${kind}_[0-9a-z]+`).exec(text)?.[0] ?? '';

test('an approver says yes on a phone whose clock is wrong, knowing what it is, and the agent repeats it', async () => {
  const pia = await scene.owner.invite('approver');
  const phone = await openPerson(scene.broker.url, { screen: SCREENS.phone, scheme: 'dark' });
  await phone.page.clock.setSystemTime(Date.now() + 30 * 3_600_000);
  const asked = await set('PIN');
  await phone.page.goto(`/approvals/${idIn(asked)}`);
  await phone.signIn(pia);
  await phone.page.getByRole('heading', { name: /^Test Client for Test Owner wants to .* in staging$/ }).waitFor();
  await phone.page.getByText('put the PIN of staging right').waitFor();
  await phone.shot('approval-phone-dark');
  await phone.page.getByText('The whole request').click();
  await phone.page.getByRole('region', { name: 'Every byte' }).getByText('[secret', { exact: false }).first().waitFor();
  expect(await phone.inaccessibleInBoth()).toEqual([]);
  await phone.page.getByRole('button', { name: 'Approve', exact: true }).click();
  await phone.page.getByRole('button', { name: 'Approve, the client repeats it' }).waitFor();
  await phone.shot('approve-phone-dark');
  await phone.page.getByRole('button', { name: 'Approve, the client repeats it' }).click();
  await phone.prove(pia, 'Approve');
  await phone.page.getByText('approved, not used yet').waitFor();
  expect((await set('PIN')).status).toBe(200);
  await phone.page.getByText('approved and used').waitFor();
  expect(phone.violations()).toEqual([]);
  await phone.close();
});

test('secrets are looked at and hidden again; a no with a reason is the next thing that the agent reads', async () => {
  const id = idIn(await set('DENIED'));
  await owner.page.goto(`/approvals/${id}`);
  await owner.page.getByText('The whole request').click();
  await owner.page.getByRole('button', { name: 'Look at the secrets' }).click();
  await owner.prove(scene.owner, 'Look at the secrets');
  const bytes = owner.page.getByRole('region', { name: 'Every byte' });
  await bytes.getByText(value).waitFor();
  await owner.page.getByRole('button', { name: 'Hide the secrets' }).click();
  await bytes.getByText('[secret', { exact: false }).first().waitFor();
  expect(await owner.page.content()).not.toContain(value);
  await owner.page.getByRole('button', { name: 'Deny', exact: true }).click();
  await owner.page.getByLabel('Reason').fill('Use the vault of staging.');
  await owner.page.getByRole('button', { name: 'Deny it', exact: true }).click();
  await owner.prove(scene.owner, 'Deny it');
  await owner.page.getByText('Use the vault of staging.').waitFor();
  expect((await set('DENIED')).refusal).toMatchObject({
    code: 'approval_denied',
    detail: expect.stringContaining('Use the vault of staging.'),
  });
  await owner.page.getByRole('button', { name: 'Let it ask again' }).click();
  await owner.prove(scene.owner, 'Let it ask again');
  expect((await set('DENIED')).refusal?.code).toBe('approval_required');
});

test('run now: Writ sends it itself, and the agent fetches the answer', async () => {
  const id = idIn(await set('NOW'));
  await owner.page.goto(`/approvals/${id}`);
  await owner.page.getByRole('button', { name: 'Approve', exact: true }).click();
  await owner.page.getByRole('button', { name: 'Approve, and run it now' }).click();
  await owner.prove(scene.owner, 'Approve, and run it now');
  await owner.page.getByText('Writ sends it itself, once.').waitFor();
  await owner.page.getByRole('link', { name: 'See what came of it' }).click();
  await owner.page.getByRole('heading', { name: 'Was sent' }).waitFor();
  const headers = { authorization: `Bearer ${token}` };
  const { body } = await scene.send(`/api/v1/self/approvals/${id}/result`, { headers });
  expect(JSON.parse(String(body['body']))).toEqual({ data: { variableUpsert: true } });
});

test('what destroys production is typed, then waits for its window, and is cancelled by one press', async () => {
  const id = idIn(await destroy('v_prod'));
  await owner.page.goto(`/approvals/${id}`);
  await owner.page.getByRole('region', { name: 'What dies' }).getByText('rentals-data').first().waitFor();
  await owner.shot('approval-destroy');
  expect(await owner.inaccessibleInBoth()).toEqual([]);
  await owner.page.getByRole('button', { name: 'Approve', exact: true }).click();
  const yes = owner.page.getByRole('button', { name: 'Approve, and run it now' });
  const typed = owner.page.getByLabel('To confirm, type production/rentals-data');
  await typed.fill('production/rentals');
  expect(await yes.isDisabled()).toBe(true);
  await typed.fill('production/rentals-data');
  await owner.shot('approve-destroy');
  await yes.click();
  await owner.prove(scene.owner, 'Approve, and run it now');
  await owner.page.getByRole('link', { name: 'See what came of it' }).click();
  await owner.page.getByRole('heading', { name: /^\d+:\d\d/ }).waitFor();
  await owner.shot('hold');
  expect(await owner.inaccessibleInBoth()).toEqual([]);
  await owner.page.getByRole('button', { name: 'Cancel it, nothing is sent' }).click();
  await owner.page.getByRole('heading', { name: 'Cancelled' }).waitFor();
  expect((await scene.arrived()).filter((body) => body.includes('volumeDelete'))).toEqual([]);
});

test('several at once: those picked on screen, and never what destroys; what comes meanwhile moves no card', async () => {
  const { page } = owner;
  await set('ONE');
  await destroy('v_prod');
  await page.goto('/approvals');
  const waits = page.getByRole('region', { name: 'Waits for you' });
  await waits.getByRole('article').nth(2).waitFor();
  await owner.shot('inbox');
  expect(await owner.inaccessibleInBoth()).toEqual([]);
  expect(await waits.getByRole('checkbox').count()).toBe(2);
  for (const box of await waits.getByRole('checkbox').all()) await box.check();
  await page.getByRole('button', { name: 'Approve these 2 requests' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Approve these 2 requests' }).click();
  await owner.prove(scene.owner, 'Approve these 2 requests');
  await page.mouse.move(0, 0);
  await waits.getByRole('article').nth(1).waitFor({ state: 'detached' });
  expect([(await set('ONE')).status, (await set('DENIED')).status]).toEqual([200, 200]);
  await page.keyboard.press('j');
  await set('LATE');
  await page.getByRole('button', { name: '1 more waits: show it' }).waitFor();
  expect(await waits.getByRole('article').count()).toBe(1);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: /destroy volume “rentals-data” with 2 backups in production$/ }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { name: 'Inbox' }).waitFor();
});

test('a card whose request ends under the finger goes stale, and its buttons are dead', async () => {
  const { page } = owner;
  const { access_token, task_id } = await scene.token(scene.agent, { task: 'a <b>task</b> that ends' });
  await page.goto(`/approvals/${idIn(await set('STALE', access_token))}`);
  await page.getByText('a <b>task</b> that ends').waitFor();
  await page.getByRole('button', { name: 'Approve', exact: true }).click();
  const yes = page.getByRole('button', { name: 'Approve, the client repeats it' });
  await yes.waitFor();
  await scene.owner.client.call('tasks.end', { id: task_id });
  await page.getByText('This has changed while you looked at it.', { exact: false }).waitFor();
  expect(await yes.isDisabled()).toBe(true);
  await page.keyboard.press('Escape');
  await page.getByText('This is not as you see it any more.').waitFor();
  for (const name of ['Approve', 'Deny', 'Set this guardrail'])
    expect(await page.getByRole('button', { name, exact: true }).first().isDisabled()).toBe(true);
  await owner.shot('stale');
  await page.getByRole('button', { name: 'Show it as it is now' }).click();
  await page.getByText('Nothing waits any more.', { exact: false }).waitFor();
});

test('what is allowed for a task passes without asking, and the task is then ended: its agent is stopped', async () => {
  const { page } = owner;
  const { access_token, task_id } = await scene.token(scene.agent, { task: 'set many names' });
  await page.goto(`/approvals/${idIn(await set('ALLOWED', access_token))}`);
  await page.getByRole('button', { name: 'Allow for this task' }).click();
  await page.getByLabel('How many operations').fill('3');
  await page.getByRole('dialog').getByRole('button', { name: 'Allow for this task' }).click();
  await owner.prove(scene.owner, 'Allow for this task');
  expect([(await set('ALLOWED', access_token)).status, (await set('ALSO', access_token)).status]).toEqual([200, 200]);
  await page.goto(`/tasks/${task_id}`);
  await page.getByText('1 of 3 left', { exact: false }).waitFor();
  await page.getByText(/^guardrail: variableUpsert in .* asks a person/).waitFor();
  expect(await page.getByRole('link', { name: 'See the guardrail' }).getAttribute('href')).toContain('guardrails');
  await owner.shot('task');
  expect(await owner.inaccessibleInBoth()).toEqual([]);
  await page.getByRole('button', { name: 'End the task' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'End the task', exact: true }).click();
  await page.getByText('Ended by').waitFor();
  expect((await set('ALLOWED', access_token)).refusal?.code).toMatch(/^(task_ended|invalid_token)$/);
  await page.goto('/tasks?status=ended');
  await page.getByRole('link', { name: 'set many names' }).waitFor();
  await owner.shot('tasks');
  expect(await owner.inaccessibleInBoth()).toEqual([]);
});

test('of two people who must say yes the first has to wait for the other', async () => {
  const { client, assertion } = scene.owner;
  await client.call('guardrails.put', { items: [{ ...ASKED, quorum: 2 }, LOST] }, { assertion });
  const id = idIn(await set('QUORUM'));
  await owner.page.goto(`/approvals/${id}`);
  await owner.page.getByRole('button', { name: 'Approve', exact: true }).click();
  await owner.page.getByRole('button', { name: 'Approve, the client repeats it' }).click();
  await owner.prove(scene.owner, 'Approve');
  await owner.page.getByText('You have said yes. It waits for somebody else.').waitFor();
  const pia = await scene.owner.invite('approver');
  await pia.client.call('approvals.approve', { id }, { assertion: pia.assertion });
  await owner.page.getByText('It was approved meanwhile.', { exact: false }).waitFor();
  expect((await set('QUORUM')).status).toBe(200);
  await client.call('guardrails.put', { items: [ASKED, LOST] }, { assertion });
});

test('less of a token is given than was asked', async () => {
  const { page } = owner;
  const operations = ['variables:reveal'];
  const asked = await scene.tokenAnswer(scene.agent, {
    authorization_details: JSON.stringify([
      { type: 'provider_operations', connection: 'railway', environments: ['staging', 'production'], operations },
    ]),
    completion_mode: 'deferred',
    task: 'read the keys',
  });
  const id = idIn(asked);
  await page.goto(`/approvals/${id}`);
  await page.getByRole('region', { name: 'What it would reach' }).waitFor();
  await owner.shot('token');
  expect(await owner.inaccessibleInBoth()).toEqual([]);
  await page.getByRole('button', { name: 'Approve', exact: true }).click();
  await page.getByRole('button', { name: 'Give less of it' }).click();
  await page.getByLabel('railway/staging/variables:reveal').check();
  await page.getByRole('button', { name: 'Approve only this' }).click();
  await owner.prove(scene.owner, 'Approve');
  await page.getByText('The client can come for its token, once.', { exact: false }).waitFor();
  const { token: after } = await scene.owner.client.call('approvals.get', { id });
  expect(after?.given).toMatchObject([{ environments: ['staging'], operations }]);
});

test('what waits for its time is cancelled from the inbox, on a phone', async () => {
  const pia = await scene.owner.invite('approver');
  const phone = await openPerson(scene.broker.url, { screen: SCREENS.phone });
  const held = await destroy('v_stag');
  await phone.page.goto('/approvals');
  await phone.signIn(pia);
  const card = phone.page.getByRole('region', { name: 'Runs out' }).getByRole('article').filter({ hasText: 'staging' });
  await card.waitFor();
  await phone.shot('inbox-phone');
  expect(await phone.inaccessibleInBoth()).toEqual([]);
  await card.getByRole('button', { name: 'Cancel it, nothing is sent' }).click();
  await card.getByText('cancelled').waitFor();
  expect(await card.getByRole('button', { name: 'Cancel it, nothing is sent' }).isDisabled()).toBe(true);
  expect((await scene.owner.client.call('holds.get', { id: idIn(held, 'hld') })).state).toBe('cancelled');
  await phone.page.goto('/approvals?show=holds');
  await phone.page.getByText('cancelled').first().waitFor();
  await phone.close();
});

test('an auditor reads that something waits, but neither its bytes nor a button; an approver answers no token', async () => {
  const id = idIn(await set('READ'));
  const reader = await openPerson(scene.broker.url);
  await reader.page.goto(`/approvals/${id}`);
  await reader.signIn(await scene.owner.invite('auditor'));
  await reader.page.getByText('Your role reads; an approver answers.').waitFor();
  await reader.page.getByText('put the PIN of staging right').waitFor();
  expect(await reader.page.getByRole('button', { name: /Approve|Deny|Allow/ }).count()).toBe(0);
  expect(await reader.page.getByText('The whole request').count()).toBe(0);
  await reader.page.goto('/approvals?show=answered');
  await reader.page.getByRole('table', { name: 'Answered requests' }).getByRole('link').first().waitFor();
  await reader.shot('answered');
  expect(await reader.inaccessibleInBoth()).toEqual([]);
  expect(reader.violations()).toEqual([]);
  await reader.close();
});

test('an owner is led to what is guarded less, and takes it back', async () => {
  const { page } = owner;
  const id = idIn(await set('READ'));
  await page.goto(`/approvals/${id}`);
  await page.getByRole('button', { name: 'Set this guardrail' }).click();
  await owner.prove(scene.owner, 'Set this guardrail');
  await page.getByText('Set: variableUpsert in staging of railway goes through at once.').waitFor();
  const { items } = await scene.owner.client.call('guardrails.get', {});
  expect(items).toContainEqual({ ...ASKED, environments: 'staging', connection: 'railway', outcome: 'allow' });
  expect((await set('FREE')).status).toBe(200);
  const [event] = await scene.audit({ kind: 'guardrails.replaced', limit: '1' });
  await page.goto(`/guardrails/undo?request=${event?.['request_id']}`);
  await page.getByRole('button', { name: 'Take back the change' }).waitFor();
  await owner.shot('undo');
  expect(await owner.inaccessibleInBoth()).toEqual([]);
  await page.getByRole('button', { name: 'Take back the change' }).click();
  await owner.prove(scene.owner, 'Take back the change');
  await page.getByText('Taken back: it is guarded as before.').waitFor();
  const { items: left } = await scene.owner.client.call('guardrails.get', {});
  expect(left).not.toContainEqual(expect.objectContaining({ outcome: 'allow' }));
});
