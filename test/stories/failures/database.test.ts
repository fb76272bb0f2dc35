/** The database is lost while the broker runs, its disk is full, or its clock is not ours. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { spawnServer } from '../../support/broker-process.ts';
import { type Cluster, startCluster } from '../../support/cluster.ts';
import { eventually } from '../../support/eventually.ts';
import { arrived, openScene, readStaging, refusalOf, type Scene } from '../../support/scene.ts';
import { wholeLog } from './whole-log.ts';
import { type FaultControl, faultControl } from './with-faults.ts';

describe('a database of its own', { timeout: 120_000 }, () => {
  let cluster: Cluster;
  let faults: FaultControl;
  let scene: Scene;
  beforeAll(async () => {
    [cluster, faults] = [await startCluster(), await faultControl()];
    scene = await openScene({ database: 'embedded', env: { DATABASE_URL: cluster.url, ...faults.env } });
  }, 120_000);
  afterAll(async () => {
    await scene.close();
    await cluster.stop();
    await faults.remove();
  });

  test('lost while what waited is being sent: it is sent once, and what became of it is told when it is back', async () => {
    const agent = await scene.client([{ environments: ['staging'], operations: ['*:read', 'volumeDelete'] }]);
    const { access_token } = await scene.token(agent);
    await scene.railway.reset();
    const { client, assertion } = scene.owner;
    const held = await scene.graphql(access_token, 'mutation Held { volumeDelete(volumeId: "v_stag") }');
    const id = /hld_[0-9a-z]+/.exec(held.text)?.[0] ?? '';
    await scene.railway.behave({ delay_ms: 2_000, only: 'mutation Held' });
    await client.call('holds.release', { id }, { assertion });
    await eventually(async () => expect(await arrived(scene, 'mutation Held')).toHaveLength(1));
    await cluster.halt();
    await eventually(async () => expect((await scene.send('/readyz')).status).toBe(503));
    await cluster.resume();
    await eventually(async () => expect((await client.call('holds.get', { id })).state).toMatch(/executed|unknown/));
    expect(await arrived(scene, 'mutation Held')).toHaveLength(1);
    await eventually(async () => expect((await scene.send('/readyz')).status).toBe(200));
  });

  test('lost while running: everything is refused, nothing is sent, and it recovers by itself', async () => {
    const { access_token } = await eventually(() => scene.token());
    await eventually(async () => expect((await scene.graphql(access_token, readStaging())).status).toBe(200));
    await scene.railway.reset();
    await cluster.halt();
    // What is remembered counts for a second after it was last confirmed.
    const self = () => scene.send('/api/v1/self', { headers: { authorization: `Bearer ${access_token}` } });
    await eventually(async () => expect((await self()).status).toBe(503));
    for (let round = 0; round < 5; round += 1) {
      const answers = await Promise.all([
        scene.graphql(access_token, readStaging('Lost')),
        scene.tokenAnswer(scene.agent),
        self(),
        scene.send('/api/v1/me', { headers: { cookie: scene.owner.cookie } }),
        scene.send('/readyz'),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503, 503]);
      for (const { text } of answers) expect(text).not.toMatch(/ECONNREFUSED|postgres:|127\.0\.0\.1:\d|at \//);
    }
    expect((await scene.send('/healthz')).status).toBe(200);
    expect(await arrived(scene, 'Lost')).toEqual([]);
    await cluster.resume();
    await eventually(async () => expect((await scene.graphql(access_token, readStaging())).status).toBe(200));
    await eventually(async () => expect((await scene.tokenAnswer(scene.agent)).status).toBe(200));
    await eventually(async () => expect((await scene.send('/readyz')).status).toBe(200));
    const entries = await wholeLog(scene);
    expect(entries.filter(({ kind }) => kind === 'request.allowed').length).toBeGreaterThanOrEqual(2);
  });

  test('a stop that could not be recorded is not acknowledged', async () => {
    const { access_token, task_id } = await eventually(() => scene.token());
    await cluster.halt();
    await expect(scene.owner.client.call('tokens.revoke', { task_id })).rejects.toMatchObject({ status: 503 });
    expect((await scene.graphql(access_token, readStaging('Unstopped'))).status).toBe(503);
    await cluster.resume();
    await eventually(() => scene.owner.client.call('tokens.revoke', { task_id }));
    await eventually(async () =>
      expect(refusalOf(await scene.graphql(access_token, readStaging('Unstopped')))).toEqual([401, 'invalid_token']),
    );
    expect(await arrived(scene, 'Unstopped')).toEqual([]);
  });

  test('a clock that drifts more than five seconds from the database: nothing is decided until it is right again', async () => {
    const { access_token } = await eventually(() => scene.token());
    await faults.set({ clock_ms: 20_000 });
    await eventually(async () => expect((await scene.send('/readyz')).status).toBe(503));
    expect((await scene.graphql(access_token, readStaging('Drifted'))).status).toBe(503);
    expect((await scene.tokenAnswer(scene.agent)).status).toBe(503);
    expect(await arrived(scene, 'Drifted')).toEqual([]);
    await faults.set({});
    await eventually(async () => expect((await scene.graphql(access_token, readStaging())).status).toBe(200));
  });

  test('a clock that is wrong at the start stops it with a sentence', async () => {
    const wrong = await faultControl({ clock_ms: -60_000 });
    const server = spawnServer({ env: { ...scene.broker.env, ...wrong.env, WRIT_PORT: '1' } });
    expect(await server.ended).toBe(1);
    expect(server.stderr()).toMatch(/^writ: This machine's clock is 60 s behind the clock of the database .*\n$/);
    await wrong.remove();
  });
});

describe('a full disk under the embedded database', { timeout: 120_000 }, () => {
  let faults: FaultControl;
  let scene: Scene;
  beforeAll(async () => {
    faults = await faultControl();
    scene = await openScene({ database: 'embedded', env: faults.env });
  }, 180_000);
  afterAll(async () => {
    await scene.close();
    await faults.remove();
  });

  test('what cannot be recorded is refused and not sent, what was acknowledged stays, and it recovers by itself', async () => {
    const { access_token } = await scene.token();
    expect((await scene.graphql(access_token, readStaging())).status).toBe(200);
    await faults.set({ disk_full: true });
    const issued: string[] = [];
    const allowed: string[] = [];
    await eventually(async () => {
      const answer = await scene.tokenAnswer(scene.agent, { task: 'x'.repeat(200) });
      if (answer.status === 200) issued.push((JSON.parse(answer.text) as { access_token: string }).access_token);
      const used = await scene.graphql(access_token, readStaging());
      if (used.status === 200) allowed.push(used.headers.get('writ-request') ?? '');
      expect([answer.status, used.status]).toEqual([503, 503]);
    });
    await scene.railway.reset();
    expect((await scene.graphql(access_token, readStaging('Full'))).status).toBe(503);
    expect(await arrived(scene, 'Full')).toEqual([]);
    await faults.set({});
    await eventually(async () =>
      expect((await scene.graphql((await scene.token()).access_token, readStaging())).status).toBe(200),
    );
    for (const token of issued) expect((await scene.graphql(token, readStaging())).status).toBe(200);
    const entries = await wholeLog(scene);
    const recorded = new Set(
      entries.filter(({ kind }) => kind === 'request.allowed').map(({ request_id }) => request_id),
    );
    for (const request of allowed) expect(recorded).toContain(request);
  });
});
