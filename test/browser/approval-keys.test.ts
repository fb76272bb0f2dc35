/** By keys a person goes from one approval to the next; what waits is read for that alone. */
import { afterAll, expect, test } from 'vitest';
import { openScene } from '../support/scene.ts';
import { openPerson } from './person.ts';

const SET = 'mutation Set($input: VariableUpsertInput!) { variableUpsert(input: $input) }';
const scene = await openScene({ grants: [{ environments: ['staging'], operations: ['*:read', 'variableUpsert'] }] });
afterAll(() => scene.close());

test('j and k go from one approval to the next and back, and no approval reads the others before', async () => {
  const { client, assertion } = scene.owner;
  const asked = { environments: 'other', operations: 'variableUpsert', outcome: 'approve' } as const;
  await client.call('guardrails.put', { items: [asked] }, { assertion });
  const { access_token } = await scene.token(scene.agent, { task: 'put two names right' });
  for (const name of ['ONE', 'TWO']) {
    const input = { projectId: 'p_rentals', environmentId: 'e_staging', serviceId: 's_api', name, value: 'fake' };
    await scene.graphql(access_token, SET, { input });
  }
  const { items } = await client.call('approvals.list', { state: 'pending' });
  const [first, second] = items.map(({ id }) => `/approvals/${id}`);
  const person = await openPerson(scene.broker.url);
  const { page } = person;
  const lists: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname === '/api/v1/approvals') lists.push(pathname);
  });
  await page.goto(`${first}`);
  await person.signIn(scene.owner);
  await page.getByRole('region', { name: 'Your answer' }).waitFor();
  expect(lists).toEqual([]);
  await page.keyboard.press('j');
  await page.waitForURL(`**${second}`);
  await page.keyboard.press('k');
  await page.waitForURL(`**${first}`);
  await person.close();
});
