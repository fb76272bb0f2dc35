/** Calls that are refused must not spend what the provider grants the root credential: they ask nothing where nothing could help, else little. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Agent,
  type Answer,
  deleteProduction,
  openScene,
  readStaging,
  refusalOf,
  type Scene,
  tokens,
} from '../support/scene.ts';

let scene: Scene;
/** May delete volumes in staging, so that where a volume lies must be asked. */
let deleter: Agent;
beforeAll(async () => {
  scene = await openScene();
  deleter = await scene.client([{ environments: ['staging', 'shared'], operations: ['*:read', 'volumeDelete'] }]);
});
afterAll(() => scene.close());

/** How many requests came to the provider while the work was done. */
async function askedDuring(work: () => Promise<unknown>): Promise<number> {
  const before = (await scene.railway.recorded()).requests.length;
  await work();
  return (await scene.railway.recorded()).requests.length - before;
}

const explain = async (token: string, query: string): Promise<Answer> => {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const request = {
    method: 'POST',
    path: '/graphql/v2',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  };
  return await scene.send('/api/v1/self/explain', {
    method: 'POST',
    headers,
    body: JSON.stringify({ connection: 'railway', request }),
  });
};

test('what nothing covers in any environment is refused without a question, at the gateway and where it is explained', async () => {
  const { access_token } = await scene.token();
  const asked = await askedDuring(async () => {
    for (const query of [
      deleteProduction(),
      'mutation { volumeDelete(volumeId: "v_nothing") }',
      'mutation { apiTokenCreate(input: { name: "x" }) }',
      'query { variables(projectId: "p_rentals", environmentId: "e_staging") }',
      'mutation { fine: customDomainUpdate(environmentId: "e_staging", id: "cd_stag", targetPort: 1) other: volumeDelete(volumeId: "v_prod") }',
    ]) {
      const answer = await scene.graphql(access_token, query);
      expect([query, answer.headers.get('writ-code')]).toEqual([query, 'operation_not_granted']);
      expect(JSON.parse((await explain(access_token, query)).text)).toMatchObject({ code: 'operation_not_granted' });
    }
  });
  expect(asked).toBe(0);
});

test('a freeze of the connection is told before anything is asked', async () => {
  const { access_token } = await scene.token(deleter);
  const freeze = await scene.owner.client.call('freeze.create', { connection: 'railway', reason: 'looking into it' });
  const asked = await askedDuring(async () => {
    expect(refusalOf(await scene.graphql(access_token, deleteProduction()))[1]).toBe('frozen');
    expect((await explain(access_token, deleteProduction())).text).toContain('frozen');
  });
  expect(asked).toBe(0);
  await scene.owner.client.call('freeze.delete', { id: freeze.id }, { assertion: scene.owner.assertion });
});

test('refused deletions, repeated, come to the end of a budget that is told with a time; reads and others go on', async () => {
  const next = tokens(scene, deleter);
  const answers: Answer[] = [];
  const asked = await askedDuring(async () => {
    // Who is over the budget waits for the refusal, so a few of them are enough.
    const refused = (): number => answers.filter(({ status }) => status === 429).length;
    while (answers.length < 200 && refused() < 5)
      answers.push(await scene.graphql(await next(), deleteProduction('Again')));
  });
  const codes = new Set(answers.map((answer) => answer.headers.get('writ-code')));
  expect([...codes]).toEqual(['environment_not_granted', 'rate_limited']);
  expect(asked).toBeLessThan(500);
  const last = answers.at(-1);
  expect(last?.status).toBe(429);
  expect(Number(last?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  // A quarter of a question comes back each second, so a slow machine may find enough for one more: it is spent by asking.
  let explained = await explain(await next(), deleteProduction());
  for (let more = 0; more < 5 && explained.status === 200; more += 1)
    explained = await explain(await next(), deleteProduction());
  expect(refusalOf(explained)[0]).toBe(429);
  const spent = await askedDuring(async () => {
    await explain(await next(), deleteProduction());
    expect((await scene.graphql(await next(), readStaging())).status).toBe(200);
  });
  expect(spent).toBeLessThan(10);
  const other = await scene.client([{ environments: ['staging', 'shared'], operations: ['*:read', 'volumeDelete'] }]);
  const answer = await scene.graphql((await scene.token(other)).access_token, deleteProduction());
  expect(answer.headers.get('writ-code')).toBe('environment_not_granted');
});

test('calls that are sent never come to the end of it', async () => {
  const next = tokens(scene);
  const update = 'mutation { customDomainUpdate(environmentId: "e_staging", id: "cd_stag", targetPort: 8081) }';
  for (let n = 0; n < 150; n += 1) expect((await scene.graphql(await next(), update)).status).toBe(200);
});
