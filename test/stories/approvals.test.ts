/** A call that a human must approve, through processes: what is shown is what is sent, once, and no secret stands anywhere else. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { basic, GRAPHQL_HEADERS, openScene, type Scene } from '../support/scene.ts';

const SET = 'mutation Set($input: VariableUpsertInput!) { variableUpsert(input: $input) }';
const GRANTS = [
  { environments: ['shared'], operations: ['*:read'] },
  { environments: ['staging'], operations: ['*:read', 'variableUpsert'] },
];
const RULE = { environments: 'staging', operations: 'variableUpsert', outcome: 'approve' } as const;

describe('a call that a human must approve', () => {
  const value = `fake-secret-${randomUUID()}`;
  const leave = new AbortController();
  let story: Scene;
  let token: string;
  let streamed = '';
  beforeAll(async () => {
    story = await openScene({ database: 'embedded', grants: GRANTS });
    const { client, assertion, cookie } = story.owner;
    await client.call('guardrails.put', { items: [RULE] }, { assertion });
    token = (await story.token()).access_token;
    const events = await fetch(`${story.broker.url}/api/v1/events`, { headers: { cookie }, signal: leave.signal });
    const read = async () => {
      for await (const chunk of events.body?.pipeThrough(new TextDecoderStream()) ?? []) streamed += chunk;
    };
    void read().catch(() => undefined);
  }, 60_000);
  afterAll(async () => {
    leave.abort();
    await story?.close();
  });

  const ask = (name: string, headers: Record<string, string> = {}) => {
    const input = { projectId: 'p_rentals', environmentId: 'e_staging', serviceId: 's_api', name, value };
    return story.send('/gateway/railway/graphql/v2', {
      method: 'POST',
      headers: { ...GRAPHQL_HEADERS, authorization: `Bearer ${token}`, ...headers },
      body: JSON.stringify({ query: SET, variables: { input } }),
    });
  };
  const idIn = (text: string): string => /apr_[0-9a-z]+/.exec(text)?.[0] ?? '';
  const sent = async () =>
    (await story.railway.recorded()).requests.filter(({ body }) => body.includes('variableUpsert('));

  /** What of a request is shown, and arrives. */
  const sentOf = (
    request:
      | { method: string; path: string; headers: Readonly<Record<string, unknown>>; body: string | null }
      | undefined,
  ) => [request?.method, request?.path, request?.headers['content-type'], request?.body];

  test('is refused with a link, shows what is then sent, passes once when it is approved, and is asked anew', async () => {
    const { client, assertion } = story.owner;
    const refused = await ask('PIN');
    const id = idIn(refused.text);
    expect([refused.status, refused.refusal?.code]).toEqual([403, 'approval_required']);
    expect(refused.refusal).toMatchObject({ approval_id: id, approval_url: `${story.broker.url}/approvals/${id}` });
    expect(await sent()).toEqual([]);
    const { shown, version } = await client.call('approvals.get', { id });
    const whole = await client.call('approvals.look', { id }, { assertion });
    await client.call('approvals.approve', { id, seen: version }, { assertion });
    expect((await ask('PIN', { 'user-agent': `other/${randomUUID()}` })).status).toBe(200);
    const [request, ...more] = await sent();
    expect(more).toEqual([]);
    const mark = `[secret, ${value.length} bytes]`;
    expect(shown?.request.body?.replaceAll(mark, value)).toBe(request?.body);
    expect(sentOf(request)).toEqual(sentOf(whole.request));
    expect(shown?.request.body_bytes).toBe(Buffer.byteLength(request?.body ?? ''));
    expect(request).toMatchObject({ method: shown?.request.method, path: shown?.request.path });
    expect(request?.headers).toMatchObject({ 'content-type': shown?.request.headers['content-type'] });
    expect(shown?.operations).toMatchObject([
      { name: 'variableUpsert', arguments: { input: { value: mark } }, environments: [{ slug: 'staging' }] },
    ]);
    const { environmentId } = JSON.parse(request?.body ?? '').variables.input;
    const reached = shown?.blast_radius?.environments.flatMap(({ provider }) => provider.map((each) => each.id));
    expect(reached).toEqual([environmentId]);
    const again = await ask('PIN');
    expect([again.refusal?.code, idIn(again.text) === id]).toEqual(['approval_required', false]);
    expect(await sent()).toHaveLength(1);
  });

  test('whose body is hidden as a whole is looked at byte for byte as it is then sent', async () => {
    const { client, assertion } = story.owner;
    const id = idIn((await ask(`PIN_${value}`)).text);
    const { shown, version } = await client.call('approvals.get', { id });
    expect(shown?.request.body).toBe(`[secret, ${shown?.request.body_bytes} bytes]`);
    const whole = await client.call('approvals.look', { id }, { assertion });
    await client.call('approvals.approve', { id, seen: version }, { assertion });
    expect((await ask(`PIN_${value}`)).status).toBe(200);
    const request = (await sent()).at(-1);
    expect(sentOf(request)).toEqual(sentOf(whole.request));
    expect(whole.request.body).toContain(value);
    await story.railway.reset();
  });

  test('that is denied tells the agent why and is not sent', async () => {
    const { client, assertion } = story.owner;
    const id = idIn((await ask('OTHER')).text);
    const headers = { authorization: `Bearer ${token}` };
    const waiting = story.send(`/api/v1/self/approvals/${id}?wait=60`, { headers });
    await client.call('approvals.deny', { id, reason: 'Use the vault of staging.' }, { assertion });
    expect((await waiting).body).toMatchObject({ state: 'denied', reason: 'Use the vault of staging.' });
    const denied = await ask('OTHER');
    expect(denied.refusal).toMatchObject({
      code: 'approval_denied',
      detail: expect.stringContaining('Use the vault of staging.'),
    });
    expect(await sent()).toEqual([]);
  });

  test('a token beyond the grants is waited for, and reaches what a human gave and nothing else', async () => {
    const { client, assertion } = story.owner;
    const type = 'provider_operations' as const;
    const detail = { type, connection: 'railway', operations: ['variables:reveal'] };
    const asked = await story.tokenAnswer(story.agent, {
      authorization_details: JSON.stringify([{ ...detail, environments: ['staging', 'production'] }]),
      completion_mode: 'deferred',
      task: 'read the keys',
    });
    expect([asked.status, asked.body['error']]).toEqual([400, 'authorization_pending']);
    const id = idIn(asked.text);
    const waiting = fetch(`${story.broker.url}/oauth/token`, {
      method: 'POST',
      headers: { authorization: basic(story.agent), prefer: 'wait=60' },
      body: new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:deferred',
        deferral_code: String(asked.body['deferral_code']),
      }),
    });
    const given = [{ ...detail, environments: ['staging'] }];
    await client.call('approvals.approve', { id, authorization_details: given }, { assertion });
    const issued = JSON.parse(await (await waiting).text());
    expect(issued).toMatchObject({ token_type: 'Bearer', authorization_details: given });
    const reveal = (environment: string) =>
      `query { variables(projectId: "p_rentals", environmentId: "${environment}", serviceId: "s_api") }`;
    expect((await story.graphql(issued.access_token, reveal('e_staging'))).status).toBe(200);
    expect((await story.graphql(issued.access_token, reveal('e_production'))).refusal?.code).toBe(
      'environment_not_granted',
    );
    const logged = [JSON.stringify(await story.audit({})), streamed, story.broker.logs()].join();
    expect(logged).not.toContain(String(asked.body['deferral_code']));
  });

  test('leaves no secret in a log, an audit row, the stream or a list', async () => {
    await eventually(async () => expect(streamed).toContain('approval.denied'));
    const { items } = await story.owner.client.call('approvals.list', { limit: 100 });
    expect(items).toHaveLength(5);
    const told = [JSON.stringify(items), JSON.stringify(await story.audit({})), streamed, story.broker.logs()];
    expect(told.map((text) => [text.length > 100, text.includes(value)])).toEqual(told.map(() => [true, false]));
  });
});
