/** A call that waits for its time, through processes: told, taken back, sent once, and the truth told when the broker is killed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { GRAPHQL_HEADERS, openScene, type Scene } from '../support/scene.ts';

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
