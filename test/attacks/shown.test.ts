/** What a person is shown of a call cannot be prepared by the client that makes it: names are the provider's, with those of before. */
import type { OutputOf } from '@writ/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Agent, openScene, type Scene } from '../support/scene.ts';

let scene: Scene;
let agent: Agent;
beforeAll(async () => {
  scene = await openScene();
  agent = await scene.client([{ environments: ['staging'], operations: ['*:read', 'volumeUpdate', 'volumeDelete'] }]);
});
afterAll(() => scene.close());

const explain = (query: string): Promise<OutputOf<'explain'>> => scene.explain(query, agent);

test('a name that the client gave its target before is shown with the one it had', async () => {
  const { access_token } = await scene.token(agent);
  const rename = (name: string) =>
    scene.graphql(
      access_token,
      'mutation R($n: String!) { volumeUpdate(volumeId: "v_stag", input: { name: $n }) { id } }',
      {
        n: name,
      },
    );
  expect((await explain('mutation { volumeDelete(volumeId: "v_stag") }')).recent_renames).toEqual([]);
  expect((await rename('to-be-deleted\u202e')).status).toBe(200);
  const { blast_radius, recent_renames } = await explain('mutation { volumeDelete(volumeId: "v_stag") }');
  expect(recent_renames).toMatchObject([{ kind: 'volume', id: 'v_stag', before: 'staging-data' }]);
  // What lies in an environment is shown by the same name when that goes.
  const whole = await explain('mutation { environmentDelete(id: "e_staging") }');
  expect(whole.recent_renames).toMatchObject([{ id: 'v_stag', before: 'staging-data' }]);
  // The name of now is the one that is typed, and steers nothing.
  expect(blast_radius?.confirm).toMatchObject([{ text: expect.stringMatching(/^staging\/to-be-deleted./) }]);
  expect(JSON.stringify([blast_radius, recent_renames])).not.toContain('\u202e');
  // Nothing is said of what the client did not rename.
  expect((await explain('mutation { volumeDelete(volumeId: "v_prod") }')).recent_renames).toEqual([]);
});

test('who may say yes is shown the name of before too, and what the task did last', async () => {
  const grants = [{ environments: ['production'], operations: ['*:read', 'environmentRename', 'variables'] }];
  const { access_token } = await scene.token(await scene.client(grants));
  const send = (query: string) => scene.graphql(access_token, query);
  await send('mutation { environmentRename(id: "e_production", input: { name: "playground" }) { id } }');
  await send('query { variables(projectId: "p_rentals", environmentId: "e_production", serviceId: "s_api") }');
  const [item] = (await scene.owner.client.call('approvals.list', {})).items;
  expect(item?.shown).toMatchObject({
    blast_radius: { environments: [{ slug: 'production', provider: [{ name: 'playground' }] }] },
    recent_renames: [{ kind: 'environment', id: 'e_production', before: 'production', to: 'playground' }],
    last_calls: [
      {
        operations: [{ name: 'environmentRename' }],
        result: expect.stringMatching(/^(answered 200|sent, and it is not recorded)/),
      },
    ],
  });
});
