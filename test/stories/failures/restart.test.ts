/** The broker is stopped, or killed, in the middle of requests. */
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBroker } from '../../support/broker.ts';
import { eventually } from '../../support/eventually.ts';
import { arrived, openScene, readStaging, type Scene } from '../../support/scene.ts';
import { wholeLog } from './whole-log.ts';

describe.each(['embedded', 'postgres'] as const)('on %s', { timeout: 120_000 }, (database) => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene({ database });
  }, 180_000);
  afterAll(() => scene.close());

  interface Acknowledged {
    readonly tokens: string[];
    readonly requests: string[];
  }

  /** Asks for tokens and uses them until the broker goes; returns what was answered whole. */
  async function work(acknowledged: Acknowledged): Promise<void> {
    for (;;) {
      try {
        const { access_token } = await scene.token();
        acknowledged.tokens.push(access_token);
        const answer = await scene.graphql(access_token, readStaging());
        expect([200, 429]).toContain(answer.status);
        if (answer.status === 200) {
          expect(JSON.parse(answer.text)).toMatchObject({ data: { environment: { id: 'e_staging' } } });
          acknowledged.requests.push(answer.headers.get('writ-request') ?? '');
        }
        await new Promise((resolve) => setTimeout(resolve, 30));
      } catch (error) {
        if (String(error).includes('AssertionError')) throw error;
        return;
      }
    }
  }

  /** Stops what can be stopped; answers how to see, once the broker is there again, that it still is. */
  async function stopThings(): Promise<() => Promise<void>> {
    const [revoked, ended] = [await scene.token(), await scene.token()];
    const { client_id, ...frozen } = await scene.client();
    await scene.owner.client.call('tokens.revoke', { task_id: revoked.task_id });
    await scene.owner.client.call('tasks.end', { id: ended.task_id });
    await scene.owner.client.call('freeze.create', { client_id, reason: 'before the crash' });
    return async () => {
      expect((await scene.graphql(revoked.access_token, readStaging())).status).toBe(401);
      expect((await scene.graphql(ended.access_token, readStaging())).status).toBeGreaterThanOrEqual(401);
      expect((await scene.tokenAnswer({ client_id, ...frozen })).status).toBe(400);
    };
  }

  test.each(['SIGTERM', 'SIGKILL'] as const)(
    '%s loses nothing that was acknowledged, records a change under way as unknown, and what was stopped stays so',
    async (signal) => {
      const expectStopped = await stopThings();
      const writer = await scene.client([{ environments: ['staging'], operations: ['*:read', 'deploymentRestart'] }]);
      const { access_token } = await scene.token(writer);
      const mark = `Cut${signal}`;
      await scene.railway.behave({ delay_ms: 60_000, only: mark });
      const document = `mutation ${mark} { deploymentRestart(id: "d_api_staging") }`;
      const answer = scene.graphql(access_token, document).catch(() => undefined);
      await eventually(async () => expect(await arrived(scene, mark)).toHaveLength(1));
      const acknowledged: Acknowledged = { tokens: [], requests: [] };
      const workers = Array.from({ length: 4 }, () => work(acknowledged));
      await eventually(async () => expect(acknowledged.requests.length).toBeGreaterThan(10));

      if (signal === 'SIGTERM') expect(await scene.broker.stop()).toBe(0);
      else await scene.broker.kill9();
      const told = await answer;
      if (signal === 'SIGTERM') expect(told?.headers.get('writ-code')).toBe('upstream_outcome_unknown');
      await Promise.all(workers);
      await scene.railway.reset();
      if (database === 'postgres') await longAgo();
      await scene.broker.restart();

      const entries = await wholeLog(scene);
      const allowed = entries.filter(({ kind }) => kind === 'request.allowed');
      const ids = new Set(allowed.map(({ request_id }) => request_id));
      for (const request of acknowledged.requests) expect(ids).toContain(request);
      for (const token of acknowledged.tokens) expect((await scene.graphql(token, readStaging())).status).toBe(200);
      expect(entries.filter(({ kind }) => kind === 'token.issued').length).toBeGreaterThanOrEqual(
        acknowledged.tokens.length,
      );
      const change = allowed.findLast(({ operations }) => String(operations) === 'deploymentRestart');
      const ends = entries.filter(
        ({ kind, request_id }) => kind === 'request.ended' && request_id === change?.['request_id'],
      );
      expect(ends).toMatchObject([{ result: 'unknown' }]);
      await expectStopped();
    },
  );

  /** Lets the minute pass after which a silent broker counts as dead. */
  async function longAgo(): Promise<void> {
    const sql = postgres(scene.broker.env['DATABASE_URL'] ?? '', { max: 1 });
    await sql`update brokers set seen_at = seen_at - interval '1 hour'`;
    await sql.end();
  }
});

test('a broker that goes down before anybody set it up starts again with the same set-up token', {
  timeout: 60_000,
}, async () => {
  const broker = await startBroker({ database: 'postgres' });
  await broker.kill9();
  await broker.restart();
  await broker.stop();
  await broker.restart();
  expect(await (await broker.owner()).client.call('me.get')).toMatchObject({ role: 'owner' });
  await broker.remove();
});
