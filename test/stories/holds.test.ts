/** A call that waits for its time, through processes: told, taken back, sent once, and the truth told when the broker is killed. */
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { GRAPHQL_HEADERS, openScene, type Scene } from '../support/scene.ts';
import { type FaultControl, faultControl } from './failures/with-faults.ts';

const DELETE = 'mutation Del { volumeDelete(volumeId: "v_stag") }';
const GRANTS = [
  { environments: ['shared'], operations: ['*:read'] },
  { environments: ['staging'], operations: ['*:read', 'volumeDelete'] },
];

describe('a call that waits for its time', () => {
  let story: Scene;
  beforeAll(async () => {
    story = await openScene({ database: 'embedded', grants: GRANTS });
  }, 60_000);
  afterAll(() => story?.close());

  const ask = async (token: string, prefer?: string) => {
    const headers = { ...GRAPHQL_HEADERS, authorization: `Bearer ${token}`, ...(prefer !== undefined && { prefer }) };
    return await story.send('/gateway/railway/graphql/v2', {
      method: 'POST',
      headers,
      body: JSON.stringify({ query: DELETE }),
    });
  };
  const holdIn = (text: string): string => /hld_[0-9a-z]+/.exec(text)?.[0] ?? '';
  const self = async (token: string, path: string, method = 'GET') =>
    await story.send(`/api/v1/self/holds/${path}`, { method, headers: { authorization: `Bearer ${token}` } });
  const release = (id: string) =>
    story.owner.client.call('holds.release', { id }, { assertion: story.owner.assertion });
  const stateOf = async (id: string) => (await story.owner.client.call('holds.get', { id })).state;

  test('is 202 only for who asked for that, is taken back by its client, and then never sent', async () => {
    const { access_token: token } = await story.token();
    const refused = await ask(token);
    expect([refused.status, refused.refusal?.code]).toEqual([403, 'held']);
    expect(refused.refusal?.detail).toMatch(
      /^Not done yet\. volumeDelete would destroy volume v_stag in staging; .*unless it is cancelled before/,
    );
    const accepted = await ask(token, 'respond-async');
    const id = holdIn(accepted.text);
    expect([accepted.status, accepted.headers.get('location'), holdIn(refused.text)]).toEqual([
      202,
      `${story.broker.url}/api/v1/self/holds/${id}`,
      id,
    ]);
    expect((await self(token, id, 'DELETE')).status).toBe(200);
    expect((await self(token, `${id}/result`)).status).toBe(409);
    expect(await story.arrived()).toEqual([]);
  });

  test('is sent once when a human releases it, and its client fetches the answer', async () => {
    const { access_token: token } = await story.token();
    const id = holdIn((await ask(token)).text);
    const waiting = self(token, `${id}?wait=60`);
    await release(id);
    await eventually(async () => expect(await stateOf(id)).toBe('executed'));
    expect((await waiting).text).toContain('"state":"executed"');
    const result = await self(token, `${id}/result`);
    expect(JSON.parse(String(result.body['body']))).toEqual({ data: { volumeDelete: true } });
    expect(await story.arrived()).toHaveLength(1);
  });

  test('killed after it was sent, it is unknown and never sent again', async () => {
    await story.railway.reset();
    await story.broker.kill9();
    await story.broker.restart();
    const { access_token: token } = await story.token();
    const id = holdIn((await ask(token)).text);
    await story.railway.behave({ delay_ms: 60_000, only: 'volumeDelete' });
    await release(id);
    await eventually(async () => expect(await story.arrived()).toHaveLength(1));
    await story.broker.kill9();
    await story.railway.behave({ delay_ms: 0 });
    await story.broker.restart();
    await eventually(async () => expect(await stateOf(id)).toBe('unknown'));
    expect(await story.arrived()).toHaveLength(1);
  });
});

describe('a broker that is killed while it sends what waited', () => {
  const set = (name: string) =>
    `mutation Kept { variableUpsert(input: { projectId: "p_rentals", environmentId: "e_staging", name: "${name}", value: "b" }) }`;
  let story: Scene;
  let faults: FaultControl;
  let sql: Sql;
  let token: string;
  beforeAll(async () => {
    faults = await faultControl();
    const operations = ['*:read', 'volumeDelete', 'variableUpsert'];
    story = await openScene({ env: faults.env, grants: [{ environments: ['shared', 'staging'], operations }] });
    const { client, assertion } = story.owner;
    const rule = { environments: 'staging', operations: 'variableUpsert', outcome: 'approve' } as const;
    await client.call('guardrails.put', { items: [rule] }, { assertion });
    token = (await story.token()).access_token;
    sql = postgres(story.broker.env['DATABASE_URL'] ?? '', { max: 1 });
  });
  afterAll(async () => {
    await sql?.end();
    await story?.close();
    await faults?.remove();
  });

  /** Asks until it is told what it waits for: a busy broker refuses with 503 meanwhile. */
  const idOf = (query: string, kind: RegExp): Promise<string> =>
    eventually(async () => {
      const [id] = kind.exec((await story.graphql(token, query)).text) ?? [];
      if (id === undefined) throw new Error('it does not wait yet');
      return id;
    });
  /** A call that waits, and the human's word that lets it go on. */
  const WAITING = {
    'a hold': async () => {
      const id = await idOf(DELETE.replace('Del', 'Kept'), /hld_[0-9a-z]+/);
      return () => story.owner.client.call('holds.release', { id }, { assertion: story.owner.assertion });
    },
    'what runs now': async () => {
      const id = await idOf(set(`N${Date.now()}`), /apr_[0-9a-z]+/);
      return () =>
        story.owner.client.call('approvals.approve', { id, run: 'now' }, { assertion: story.owner.assertion });
    },
  };
  /** Before which text it is killed, what the hold is after that, how often it was sent, and whether there is an answer to fetch. */
  const STEPS: Readonly<Record<string, readonly [before: string, state: RegExp, sent: number, result: number]>> = {
    'before it is claimed': ['"claimed_at" = now()', /^executed$/, 1, 200],
    'after it is claimed': ['set "executed_as" =', /^executed$/, 1, 200],
    'after it is marked as being sent': ['{"operationName":"Kept"', /^unknown$/, 0, 409],
    // How it ended may be in the log already; the answer is lost in any case.
    'after it is sent, before that is recorded': [', "status" = $', /^(unknown|executed)$/, 1, 409],
  };

  test.each(
    Object.entries(WAITING).flatMap(([what, ask]) =>
      Object.entries(STEPS).map(([step, then]) => [what, step, ask, then] as const),
    ),
  )(
    '%s, %s: it is sent once at most, and the truth is told',
    async (_what, _step, ask, [killed_before, state, sent, result]) => {
      await story.railway.reset();
      const goOn = await ask();
      await faults.set({ killed_before });
      let isDead = false;
      const ended = story.broker.ended().finally(() => {
        isDead = true;
      });
      // It may be killed before it has answered.
      await eventually<unknown>(() => (isDead ? Promise.resolve() : goOn()));
      expect(await ended).toBe('SIGKILL');
      // The minute after which a silent broker counts as gone.
      await sql`update brokers set seen_at = seen_at - interval '1 hour'`;
      await sql`update holds set claimed_at = claimed_at - interval '1 hour' where state = 'claimed'`;
      await Promise.all([faults.set({}), story.broker.restart()]);
      const newest = async () => (await story.owner.client.call('holds.list', { limit: 1 })).items[0];
      await eventually(async () => expect((await newest())?.state).toMatch(state));
      expect(await story.arrived()).toHaveLength(sent);
      const headers = { authorization: `Bearer ${token}` };
      const answer = await story.send(`/api/v1/self/holds/${(await newest())?.id}/result`, { headers });
      expect(answer.status).toBe(result);
      if (result === 409) expect(answer.text).toMatch(/not known|was lost/);
    },
  );
});
