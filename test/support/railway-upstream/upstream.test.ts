import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Behaviour } from './behaviour.ts';
import { type RailwayUpstream, startRailwayUpstream } from './start.ts';

describe('the stand-in Railway', () => {
  let railway: RailwayUpstream;
  beforeAll(async () => {
    railway = await startRailwayUpstream();
  });
  beforeEach(() => railway.reset());
  afterAll(() => railway.stop());

  const post = (
    query: string,
    headers: Record<string, string> = { authorization: `Bearer ${railway.tokens.workspace}` },
  ) =>
    fetch(`${railway.url}/graphql/v2`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ query }),
      redirect: 'manual',
    });
  const ask = async (query: string, headers?: Record<string, string>) => (await post(query, headers)).json();
  const behave = (change: Behaviour) => railway.behave(change);

  it('records every byte that arrives', async () => {
    await post('{ __typename }');
    const { requests, bytes, connections } = await railway.recorded();
    const [request] = requests;
    expect(requests).toHaveLength(1);
    expect(connections).toBeGreaterThan(0);
    expect(request).toMatchObject({ method: 'POST', path: '/graphql/v2', body: '{"query":"{ __typename }"}' });
    expect(request?.headers['authorization']).toBe(`Bearer ${railway.tokens.workspace}`);
    expect(Buffer.from(bytes, 'base64').toString()).toContain('{ __typename }');
  });
  it('really deletes a volume, in every environment and with its backups', async () => {
    expect(await ask('mutation { volumeDelete(volumeId: "v_both") }')).toEqual({ data: { volumeDelete: true } });
    const { volumes, volumeInstances, backups } = await railway.state();
    expect(volumes.map(({ id }) => id)).toEqual(['v_prod', 'v_stag']);
    expect(volumeInstances.map(({ id }) => id)).toEqual(['vi_prod', 'vi_stag']);
    expect(backups.map(({ id }) => id)).not.toContain('bk_both_prod');
  });
  it('deletes a service in every environment that is no fork, whatever the argument says', async () => {
    await ask('mutation { serviceDelete(id: "s_api", environmentId: "e_staging") }');
    const { serviceInstances } = await railway.state();
    expect(serviceInstances.filter(({ serviceId }) => serviceId === 's_api')).toMatchObject([
      { environmentId: 'e_pr7' },
    ]);
  });
  it('keeps a project token to its environment', async () => {
    const headers = { 'project-access-token': railway.tokens.project['e_staging'] ?? '' };
    expect(await ask('{ projectToken { environmentId } }', headers)).toEqual({
      data: { projectToken: { environmentId: 'e_staging' } },
    });
    expect(await ask('{ environment(id: "e_production") { id } }', headers)).toMatchObject({
      errors: [{ message: 'Not Authorized' }],
    });
  });
  it('knows no other token', async () => {
    expect(await ask('{ projects { edges { node { id } } } }', { authorization: 'Bearer nonsense' })).toMatchObject({
      errors: [{ message: 'Not Authorized' }],
    });
  });
  it('goes down and comes back on the same port', async () => {
    await behave({ down: true });
    await expect(post('{ __typename }')).rejects.toThrow();
    await behave({ down: false });
    expect((await post('{ __typename }')).status).toBe(200);
  });
  it('redirects, fails, sets headers, once if told so', async () => {
    await behave({ redirect: 'http://127.0.0.1:1/x', times: 1 });
    expect((await post('{ __typename }')).headers.get('location')).toBe('http://127.0.0.1:1/x');
    expect((await post('{ __typename }')).status).toBe(200);
    await behave({
      redirect: null,
      times: null,
      status: { code: 429, retry_after: 7 },
      headers: { 'set-cookie': 'a=b' },
    });
    const refused = await post('{ __typename }');
    expect([refused.status, refused.headers.get('retry-after'), refused.headers.get('set-cookie')]).toEqual([
      429,
      '7',
      'a=b',
    ]);
  });
  it.each([
    ['raw', (token: string) => token],
    ['split', (token: string) => token],
    ['base64', (token: string) => Buffer.from(token).toString('base64')],
    ['url', (token: string) => `%${Buffer.from(token).toString('hex').match(/../g)?.join('%') ?? ''}`],
  ] as const)('gives the token back: %s', async (echo, spell) => {
    await behave({ echo });
    expect(await (await post('{ __typename }')).text()).toContain(spell(railway.tokens.workspace));
  });
  it('lies, sends too much and hangs up in the middle', async () => {
    await behave({ lie: 'other_project' });
    expect(await ask('{ environment(id: "e_staging") { projectId } }')).toEqual({
      data: { environment: { projectId: 'p_somebody_elses' } },
    });
    await behave({ lie: null, huge_bytes: 2_000_000 });
    expect((await (await post('{ __typename }')).text()).length).toBe(2_000_000);
    await behave({ huge_bytes: 0, close_after_bytes: 4 });
    await expect(post('{ __typename }').then((response) => response.text())).rejects.toThrow();
  });
});
