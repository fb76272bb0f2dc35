import { openScene, readStaging, type Scene } from '../support/scene.ts';

/** A purpose that would act if it were not inert: markup, an address, characters that reorder and hide text. */
export const EVIL = '<img src=x onerror=alert(1)> [pay](https://evil.example) \u202egnp.exe\u200b';

/** What a person, a client or a grant may be called at worst: the API takes no character that is not seen in a name. */
export const MARKUP = '<img src=x onerror=alert(1)>';

/** A Writ in use, with one of everything that pages show. */
export interface World {
  readonly scene: Scene;
  /** Ids of what the pages of one thing are about. */
  readonly ids: {
    readonly approval: string;
    readonly hold: string;
    readonly task: string;
    readonly grant: string;
    readonly client: string;
    /** Of a request that was refused for lack of a grant. */
    readonly refused: string;
  };
  /** Every secret that was made on the way: none of them may ever be seen in a page. */
  readonly secrets: readonly string[];
}

/** Opens it: an agent whose deletion waits for a yes, another one's that is held, a refusal, a grant, a job's client, an invited person. */
export async function openWorld(purpose = EVIL, names: 'plain' | 'worst' = 'plain'): Promise<World> {
  const isEvil = names === 'worst';
  const called = (name: string): string => (isEvil ? `${name} ${MARKUP}` : name);
  const scene = await openScene({
    environments: 'imported',
    grants: [
      { environments: ['shared'], operations: ['*:read'] },
      { environments: ['staging'], operations: ['*:read', 'customDomain*', 'volumeDelete'] },
      { environments: ['production'], operations: ['volumeDelete', '*:read'] },
    ],
  });
  const { client, assertion } = scene.owner;
  await client.call(
    'users.create',
    { email: 'grace@example.com', name: called('Grace'), role: 'approver' },
    { assertion },
  );
  const auth = {
    method: 'federated',
    issuer: 'https://token.actions.githubusercontent.com',
    audience: scene.broker.url,
    claims: { repository_id: '1' },
    ci: 'github_actions',
  } as const;
  await client.call('clients.create', { client_id: 'deploys', kind: 'ci', name: called('Deploys of main'), auth });
  const grant = { client_id: 'deploys', connection: 'railway', environments: ['staging'], operations: ['*:read'] };
  await client.call('grants.create', { ...grant, name: called('Looks around'), note: called('For its previews.') });
  if (isEvil) await renameAll(scene);
  const { access_token, task_id } = await scene.token(scene.agent, { task: purpose });
  await scene.graphql(access_token, readStaging());
  const refused = await scene.graphql(
    access_token,
    'mutation { serviceInstanceRedeploy(serviceId: "s_web", environmentId: "e_staging") }',
  );
  const held = await scene.graphql(access_token, 'mutation { volumeDelete(volumeId: "v_stag") }');
  const asked = await scene.graphql(access_token, 'mutation { volumeDelete(volumeId: "v_prod") }');
  const { items: grants } = await client.call('grants.list', {});
  return {
    scene,
    ids: {
      approval: idIn(asked.text, 'apr'),
      hold: idIn(held.text, 'hld'),
      task: task_id,
      grant: grants[0]?.id ?? '',
      client: scene.agent.client_id,
      refused: refused.refusal?.request_id ?? '',
    },
    secrets: [
      access_token,
      scene.agent.secret,
      scene.owner.password,
      scene.owner.cookie.split('=')[1] ?? '',
      scene.railway.tokens.account,
      scene.broker.setupToken,
    ],
  };
}

/** What the provider calls things is foreign text too, and may hold anything. */
async function renameAll({ railway }: Scene): Promise<void> {
  const state = await railway.state();
  for (const table of ['projects', 'services', 'volumes'] as const)
    for (const row of state[table]) row['name'] = `${row['name']} ${EVIL}`;
  await railway.setState(state);
}

function idIn(text: string, prefix: string): string {
  const id = new RegExp(`${prefix}_[0-9a-z]+`).exec(text)?.[0];
  if (id === undefined) throw new Error(`no ${prefix}_ in ${text}`);
  return id;
}

/** Every page that a signed-in owner can open, by the name of its picture. */
export function pagesOf({ ids }: World): readonly (readonly [name: string, path: string])[] {
  return [
    ['inbox', '/approvals'],
    ['approval', `/approvals/${ids.approval}`],
    ['hold', `/holds/${ids.hold}`],
    ['tasks', '/tasks'],
    ['task', `/tasks/${ids.task}`],
    ['grants', '/grants'],
    ['grant', `/grants/${ids.grant}`],
    ['grant-edit', `/grants/${ids.grant}/edit`],
    ['grant-new', '/grants/new'],
    ['grant-from-refusal', `/grants/new?request=${ids.refused}`],
    ['clients', '/clients'],
    ['client', `/clients/${ids.client}`],
    ['client-new', '/clients/new'],
    ['connections', '/connections'],
    ['connection', '/connections/railway'],
    ['connection-new', '/connections/new'],
    ['people', '/people'],
    ['account', '/account'],
    ['freeze', '/freeze'],
    ['guardrail-undo', `/guardrails/undo?request=${ids.refused}`],
    ['not-there', '/no/such/page'],
  ];
}
