/** A threshold and a limit, from the rule that a person makes to the refusal that an agent reads. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openScene, type Scene } from '../support/scene.ts';

const CREATE = `mutation Add($input: CustomDomainCreateInput!) { customDomainCreate(input: $input) { id domain } }`;
const domain = (name: string, targetPort?: number) => ({
  input: { environmentId: 'e_staging', projectId: 'p_rentals', serviceId: 's_api', domain: name, targetPort },
});

let story: Scene;
let token = '';
beforeAll(async () => {
  story = await openScene({ grants: [{ environments: ['*'], operations: ['*:read'] }] });
  const { client, assertion } = story.owner;
  await client.call('grants.create', {
    client_id: story.agent.client_id,
    connection: 'railway',
    environments: ['*'],
    operations: ['customDomainCreate'],
    limits: [{ operations: 'customDomainCreate', count: 2, per: 'week' }],
  });
  const rule = {
    environments: 'other',
    operations: 'customDomainCreate',
    when: { 'input.targetPort': { at_least: 9000 } },
    outcome: 'deny' as const,
  };
  await client.call('guardrails.put', { items: [rule] }, { assertion });
  token = (await story.token()).access_token;
});
afterAll(() => story?.close());

test('what is beyond the threshold, or may be, is refused and uses nothing; what is below it passes as often as the limit says', async () => {
  for (const [name, port] of [
    ['large.example.org', 9000],
    ['absent.example.org', undefined],
  ] as const) {
    const { refusal } = await story.graphql(token, CREATE, domain(name, port));
    expect(refusal).toMatchObject({ code: 'guardrail_denied' });
    expect(refusal?.detail).toContain('where input.targetPort at_least 9000 or that is not certain, forbids it');
  }
  const send = (at: number) => story.graphql(token, CREATE, domain(`small-${at}.example.org`, 80));
  const answers = await Promise.all(Array.from({ length: 6 }, (_, at) => send(at)));
  expect(answers.filter(({ refusal }) => refusal === undefined)).toHaveLength(2);
  for (const { refusal, status } of answers.filter((each) => each.refusal !== undefined)) {
    expect([status, refusal?.code]).toEqual([403, 'operation_not_granted']);
    expect(refusal?.detail).toMatch(
      /^Nothing was sent\. .*the limit of 2 customDomainCreate per week is used up: 2 of 2 are used, and the week ends at 2\d{3}-.*Z/,
    );
  }
  const sent = (await story.arrived()).filter((document) => document.includes('customDomainCreate'));
  expect(sent).toHaveLength(2);
  // Another task, and the grant made anew, give nothing back.
  const other = (await story.token(story.agent, { task: 'another' })).access_token;
  expect((await story.graphql(other, CREATE, domain('more.example.org', 80))).refusal?.code).toBe(
    'operation_not_granted',
  );
  const refused = await story.audit({ kind: 'request.refused' });
  expect(refused.filter((event) => JSON.stringify(event).includes('limit_reached'))).toHaveLength(5);
});
