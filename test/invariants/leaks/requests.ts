import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import type { Scene } from '../../support/scene.ts';
import { sendBytes, sendRaw } from '../../support/wire.ts';
import type { Evidence } from './evidence.ts';

/** What every step of the story works with. */
export interface Busy {
  readonly evidence: Evidence;
  readonly token: string;
}

/** Values of arguments that the catalog marks as secret, in every way an operation takes them. */
export async function gateway(scene: Scene, { evidence, token }: Busy): Promise<void> {
  const value = (name: string): string => evidence.plant(name, `fake-value-${randomBytes(12).toString('hex')}`);
  const input = 'projectId: "p_rentals", environmentId: "e_staging", serviceId: "s_api", name: "SECRET"';
  const where = { projectId: 'p_rentals', environmentId: 'e_staging', serviceId: 's_api', name: 'SECRET' };
  const upsert = 'mutation Upsert($input: VariableUpsertInput!) { variableUpsert(input: $input) }';
  const collection =
    'mutation Many($input: VariableCollectionUpsertInput!) { variableCollectionUpsert(input: $input) }';
  const { name: _name, ...place } = where;
  const calls: [string, object?][] = [
    [`mutation { variableUpsert(input: { ${input}, value: "${value('a literal value, allowed')}" }) }`],
    [upsert, { input: { ...where, value: value('a variable value, allowed') } }],
    [upsert, { input: { ...where, environmentId: 'e_production', value: value('a variable value, refused') } }],
    [upsert, { input: { ...where, environmentId: 'e_nowhere', value: value('a variable value, unresolved') } }],
    [upsert, { input: { ...where, value: [value('a value of another type')] } }],
    [upsert, { input: { ...where, value: { deep: value('a value that is an object') } } }],
    [upsert, { input: { ...where, valeu: value('a value under a wrong name') } }],
    [
      `mutation { variableUpsert(input: { ${input}, value: ${value('a value that is no literal').replaceAll('-', '_')} }) }`,
    ],
    [`mutation { variableUpsert(input: { ${input}, value: "${value('a value in a broken document')}" `],
    [`mutation { nothing(secret: "${value('a value of an unknown operation')}") }`],
    [`mutation { volumeDelete(volumeId: "v_prod", secret: "${value('a value of an unknown argument')}") }`],
    [
      collection,
      { input: { ...place, variables: { A: value('a value in a collection'), B: value('another in a collection') } } },
    ],
    [collection, { input: { ...place, replace: true, variables: { A: value('a value in a replaced collection') } } }],
    ['query { variables(projectId: "p_rentals", environmentId: "e_production") }'],
  ];
  for (const [query, variables] of calls) {
    const answer = await scene.graphql(token, query, variables);
    evidence.keep(query, answer.text + JSON.stringify([...answer.headers]));
    const request = {
      method: 'POST',
      path: '/graphql/v2',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    };
    for (const [path, who, body] of [
      ['/api/v1/self/explain', { authorization: `Bearer ${token}` }, { connection: 'railway', request }],
      [
        '/api/v1/explain',
        { cookie: scene.owner.cookie },
        { client_id: scene.agent.client_id, connection: 'railway', request },
      ],
    ] as const) {
      const explained = await scene.send(path, {
        method: 'POST',
        headers: { ...who, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      evidence.keep(`${path} ${query}`, explained.text);
    }
  }
  const changed = await scene.railway.state();
  expect(changed.variables.map((row) => row['value'])).toContain(
    evidence.markers.find(({ name }) => name === 'a variable value, allowed')?.secret,
  );
}

/** Tokens and secrets in places where they do not belong, broken requests, and a provider that gives the root credential back. */
export async function failures(scene: Scene, { evidence, token }: Busy): Promise<void> {
  const { url } = scene.broker;
  const stray = evidence.plant('a token of somebody else', `fake-stray-${randomBytes(24).toString('hex')}`);
  const target = '/gateway/railway/graphql/v2';
  for (const request of [
    { target: `${target}?access_token=${stray}`, lines: [`Authorization: Bearer ${token}`] },
    { target: `/gateway/${stray}/x`, lines: [`Authorization: Bearer ${token}`] },
    { target: `/api/v1/${stray}`, lines: [`Authorization: Bearer ${stray}`] },
    { target: `/api/v1/tasks/${stray}`, lines: [`Cookie: ${scene.owner.cookie}`] },
    { target: '/api/v1/me', lines: [`Cookie: writ_session=${stray}`] },
    { target: '/api/v1/self', lines: [`Authorization: DPoP ${stray}`, `DPoP: ${stray}`] },
    { target, lines: [`Authorization: Basic ${Buffer.from(`x:${stray}`).toString('base64')}`] },
    { target, lines: [`Project-Access-Token: ${stray}`, `Authorization: Bearer ${stray}`] },
    { target, lines: [`Authorization: Bearer ${token}`, `X-Stray: ${stray}`, 'Upgrade: websocket'] },
    { target, method: stray.slice(0, 12), lines: [`Authorization: Bearer ${token}`] },
    { target: '/api/v1/me', lines: [`Host: ${stray}.example`] },
  ]) {
    for (const answer of await sendBytes(
      url,
      `${request.method ?? 'GET'} ${request.target} HTTP/1.1\r\n${request.lines.some((line) => line.startsWith('Host')) ? '' : `Host: ${new URL(url).host}\r\n`}Connection: close\r\n${request.lines.join('\r\n')}\r\n\r\n`,
    )) {
      // An id that is not there is repeated in the answer; it is looked for in the log and the database all the same.
      const said = request.target.startsWith('/api/v1/tasks/') ? stray : undefined;
      evidence.keep(request.target.slice(0, 30), answer.body + JSON.stringify([...answer.headers]), said);
    }
  }
  const broken = await sendRaw(url, { target: `${stray} ${stray}`, lines: [`${stray}`] });
  evidence.keep('no request at all', broken.body + JSON.stringify([...broken.headers]));
  for (const echo of ['raw', 'base64', 'url', 'split', 'header'] as const) {
    await scene.railway.behave({ echo, only: 'Echo' });
    const answer = await scene
      .graphql(token, 'query Echo { environment(id: "e_staging") { id } }')
      .catch((error: unknown) => ({ text: String(error), headers: new Headers() }));
    evidence.keep(`echo ${echo}`, answer.text + JSON.stringify([...answer.headers]));
  }
  await scene.railway.behave({ echo: 'raw', only: null });
  const verified = await scene.send('/api/v1/connections/railway/verify', {
    method: 'POST',
    headers: { cookie: scene.owner.cookie, 'content-type': 'application/json' },
    body: '{}',
  });
  evidence.keep('verify with an echo', verified.text);
  await scene.railway.reset({ world: true });
}

/** Everything that can be read over the API, the export included. */
export async function reads(scene: Scene, { evidence, token }: Busy): Promise<void> {
  const owner = { cookie: scene.owner.cookie };
  const holder = { authorization: `Bearer ${token}` };
  const lists = [
    'users',
    'sessions',
    'connections',
    'connections/railway',
    'connections/railway/environments',
    'connections/railway/inventory',
    'clients',
    'grants',
    'tasks',
    'tokens',
    'guardrails',
    'freeze',
    'keys',
    'audit?limit=1000',
    'audit/export',
  ];
  const paths: [string, Record<string, string>][] = [
    ...lists.map((path): [string, Record<string, string>] => [`/api/v1/${path}`, owner]),
    ['/api/v1/self', holder],
    ['/api/v1/self/operations?limit=1000', holder],
    ['/api/v1/openapi.json', {}],
    ['/.well-known/jwks.json', {}],
    ['/.well-known/oauth-authorization-server', {}],
    ['/healthz', {}],
    ['/readyz', {}],
  ];
  for (const [path, headers] of paths) {
    const answer = await scene.send(path, { headers });
    expect([path, answer.status]).toEqual([path, 200]);
    evidence.keep(path, answer.text + JSON.stringify([...answer.headers]));
  }
}
