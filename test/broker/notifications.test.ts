import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Mail, tendNotifications } from '@writ/broker';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { change } from '../../packages/broker/src/audit/record.ts';
import { createFreeze } from '../../packages/broker/src/freeze/create.ts';
import { createNotification } from '../../packages/broker/src/notifications/create.ts';
import { deleteNotification } from '../../packages/broker/src/notifications/delete.ts';
import { listNotifications } from '../../packages/broker/src/notifications/list.ts';
import { patchNotification } from '../../packages/broker/src/notifications/patch.ts';
import { testNotification } from '../../packages/broker/src/notifications/test.ts';
import { noticesFor } from '../../packages/broker/src/session/notices.ts';
import { takeDeliveries } from '../../packages/store/src/queries/notifications.ts';
import { type InProcess, openTwo, type TwoBrokers } from '../support/in-process.ts';
import { DATABASES } from '../support/store.ts';

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

describe.each(DATABASES)('notifications, on %s', (kind) => {
  let two: TwoBrokers;
  let it: InProcess;
  let second: InProcess;
  let receiver: Server;
  let base: string;
  let received: Received[] = [];
  let answers: number[] = [];
  let made: string[] = [];
  beforeAll(async () => {
    two = await openTwo(kind);
    [it, second] = two.brokers;
    receiver = createServer(async (request, response) => {
      const body = (await Array.fromAsync(request)).join('');
      received.push({ path: request.url ?? '', headers: request.headers, body });
      const status = answers.shift() ?? 200;
      response.writeHead(status, status === 302 ? { location: `${base}/elsewhere` } : {}).end('an answer');
    });
    await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
    base = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    receiver?.close();
    await two?.close();
  });
  beforeEach(async () => {
    for (const id of made) await deleteNotification(it.owner(), { id });
    [made, received, answers] = [[], [], []];
  });

  const mails: Mail[] = [];
  const tend = (broker = it) => {
    const ctx = broker.as({ kind: 'system' }, '');
    return tendNotifications({ ...ctx, mail: async (mail: Mail) => void mails.push(mail) });
  };
  const SECRET_PATH = '/services/T0/B0/not-a-real-secret';
  const add = async (to: 'webhook' | 'slack', events = ['freeze'], url = `${base}${SECRET_PATH}`) => {
    const one = await createNotification(it.owner(), { kind: to, name: 'ops', url, events });
    made.push(one.id);
    return one;
  };
  let frozen = 0;
  const freeze = async (reason = 'a reason') => {
    frozen += 1;
    await it.services.store.db.execute(`insert into tasks (organization_id, id, client_id, purpose, created_at, last_token_at, ends_at)
      select 'default', 'tsk_${frozen}', client_id, 'x', now(), now(), now() from clients limit 1`);
    return await createFreeze(it.owner(), { all: true, reason });
  };
  const shown = async () => (await listNotifications(it.owner(), { limit: 10 })).items;
  const soon = () => it.services.store.db.execute(`update deliveries set next_at = now()`);

  test('a webhook is signed by the Standard Webhooks spec, sent once by two brokers at once, and only for what was chosen', async () => {
    const { signing_secret = '' } = await add('webhook');
    for (let at = 0; at < 5; at += 1) await freeze("nobody's business");
    await change(it.owner(), async () => ({ result: undefined, happened: { kind: 'task.ended' } }));
    await Promise.all([tend(), tend(second)]);
    await tend();
    expect(received).toHaveLength(5);
    const ids = received.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(5);
    for (const { headers, body, path } of received) {
      const [id, timestamp] = [headers['webhook-id'], headers['webhook-timestamp']];
      const key = Buffer.from(signing_secret.replace('whsec_', ''), 'base64');
      const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
      expect(headers['webhook-signature']).toBe(`v1,${signature}`);
      expect(path).toBe(SECRET_PATH);
      expect(JSON.parse(body)).toMatchObject({
        type: 'freeze.created',
        data: { freeze_id: expect.stringMatching(/^frz_/) },
      });
      expect(body).not.toMatch(/nobody's business|not-a-real-secret|whsec_/);
    }
    expect(await shown()).toMatchObject([
      { target: base.slice(7), last_sent_at: expect.any(String), failing_since: null },
    ]);
  });

  test('neither the log nor a list nor a table nor a log line holds its URL or its secret', async () => {
    const { id, signing_secret = '' } = await add('webhook');
    await patchNotification(it.owner(), { id, name: 'renamed' });
    await testNotification(it.owner(), { id });
    const { rows } = (await it.services.store.db.execute('select * from notifications')) as unknown as {
      rows?: unknown;
    };
    const all = JSON.stringify([await it.audit(), await shown(), it.logged, rows]);
    expect(all).toContain('renamed');
    expect(all).not.toContain('not-a-real-secret');
    expect(all).not.toContain(signing_secret.slice(6));
  });

  test('who changes or removes it is seen where it was told before', async () => {
    const { id } = await add('slack');
    await patchNotification(it.owner(), { id, url: `${base}/another` });
    await deleteNotification(it.owner(), { id });
    made = [];
    expect(received.map(({ path, body }) => [path, JSON.parse(body).blocks[0].text.text])).toEqual([
      [SECRET_PATH, 'What is told here, or where it is told, was changed'],
      ['/another', 'Nothing is told here any more'],
    ]);
  });

  test('what did not arrive is sent again later under the same id, with all that waits for that receiver behind it', async () => {
    await add('slack');
    answers = [500];
    await freeze();
    await tend();
    await tend();
    expect(received).toHaveLength(1);
    expect(await shown()).toMatchObject([{ failing_since: expect.any(String), last_error: 'It answered 500.' }]);
    await soon();
    await tend(second);
    expect(received).toHaveLength(2);
    expect(received[0]?.body).toBe(received[1]?.body);
    expect(await shown()).toMatchObject([{ failing_since: null, last_error: null }]);
  });

  test('a broker that is killed while it sends leaves the message to the others', async () => {
    const { id } = await add('webhook');
    await freeze();
    answers = [500];
    await tend();
    await soon();
    const { store, organization_id } = it.services;
    const taken = await takeDeliveries(store.db, { organization_id, limit: 10, lease_ms: 60_000 });
    expect(taken).toMatchObject([{ receiver: id, attempts: 2 }]);
    await tend(second);
    expect(received).toHaveLength(1);
    await soon();
    await tend(second);
    expect(received).toHaveLength(2);
    expect(received[1]?.headers['webhook-id']).toBe(received[0]?.headers['webhook-id']);
  });

  test('after twelve attempts it is given up, which is an event, is shown, and is not told to itself', async () => {
    const { id } = await add('slack', ['freeze', 'notification']);
    await freeze();
    answers = Array.from({ length: 20 }, () => 503);
    for (let attempt = 0; attempt < 14; attempt += 1) {
      await tend();
      await soon();
    }
    expect(received).toHaveLength(12);
    expect(await shown()).toMatchObject([{ given_up: 1, last_error: 'It answered 503.' }]);
    const events = (await it.audit()).filter((event) => event['kind'] === 'notification.given_up');
    expect(events).toMatchObject([{ actor: 'system', data: { notification_id: id, attempts: 12 } }]);
  });

  test('no redirect is followed, and what must not be dialled is refused before anything is kept', async () => {
    const { id } = await add('slack');
    answers = [302];
    expect(await testNotification(it.owner(), { id })).toEqual({ delivered: false, reason: 'It answered 302.' });
    expect(received.map(({ path }) => path)).toEqual([SECRET_PATH]);
    for (const url of [
      'http://169.254.169.254/latest',
      'http://hooks.example.com/x',
      'https://u:p@example.com/',
      'ftp://x/',
      'x',
    ]) {
      const refused = createNotification(it.owner(), { kind: 'slack', name: 'x', url, events: ['freeze'] });
      await expect(refused).rejects.toMatchObject({
        code: 'validation_failed',
        extras: { fields: [{ field: 'url' }] },
      });
    }
    const strict = { ...it.owner(), config: { ...it.services.config, publicUrlIsLoopback: false } };
    const inside = { kind: 'slack' as const, name: 'x', url: 'https://10.0.0.1/', events: ['freeze'] };
    await expect(createNotification(strict, inside)).rejects.toMatchObject({ code: 'validation_failed' });
    expect(await shown()).toHaveLength(1);
  });

  test('the card of a chat is readable, its text formats nothing and calls nobody', async () => {
    await add('slack', ['client']);
    const connection = '<!channel> *bold* <https://evil.example|click> `x` @here &';
    const happened = { kind: 'client.changed', client_id: 'helper', task_id: 'tsk_1', connection } as const;
    await change(it.owner(), async () => ({ result: undefined, happened }));
    await tend();
    const card = JSON.parse(received[0]?.body ?? '{}');
    expect(card.blocks[0]).toEqual({
      type: 'header',
      text: { type: 'plain_text', text: 'Client changed', emoji: false },
    });
    const marked = JSON.stringify(card.blocks).match(/"mrkdwn","text":"[^"]*"/g);
    expect(marked).toEqual([`"mrkdwn","text":"<${it.services.config.publicUrl}/tasks/tsk_1|Look at it in Writ>"`]);
    expect(card.text).not.toMatch(/<|>|\*bold\*|`x`|@here/);
  });

  test('what loosens is told to every other owner by mail, with how to undo it; who did it is told nothing', async () => {
    const add2 = `insert into users (organization_id, id, email, name, role, password_hash, created_at)
      select 'default', 'usr_other', 'other@example.com', 'Other', 'owner', 'not a hash', now() from users limit 1`;
    await it.services.store.db.execute(add2);
    await tend();
    mails.length = 0;
    const loosened = ['volumeDelete (destroy) in production of railway'];
    const happened = { kind: 'guardrails.replaced', data: { loosened } } as const;
    await change(it.owner(), async () => ({ result: undefined, happened }));
    await change(it.owner(), async () => ({ result: undefined, happened: { ...happened, data: { loosened: [] } } }));
    await tend(second);
    await tend();
    expect(mails).toMatchObject([{ to: 'other@example.com', subject: 'Writ: Something is guarded less than before' }]);
    expect(mails[0]?.text).toContain('Guarded less: volumeDelete (destroy) in production of railway');
    expect(mails[0]?.text).toMatch(/Look at it in Writ: \S+\/guardrails\/undo\?request=req_\w+\n/);
    expect(mails[0]?.text).toMatch(/undo it: writ guardrail undo req_\w+\n/);
    mails.length = 0;
    const given = {
      kind: 'user.changed',
      data: { user_id: 'usr_new', role_before: 'auditor', role: 'approver' },
    } as const;
    const renamed = {
      kind: 'user.changed',
      data: { user_id: 'usr_new', role_before: 'approver', role: 'approver' },
    } as const;
    await change(it.owner(), async () => ({ result: undefined, happened: [given, renamed] }));
    await tend();
    expect(mails).toMatchObject([{ to: 'other@example.com', subject: 'Writ: A user was given another role' }]);
    expect(mails[0]?.text).toContain('undo it: writ user role usr_new auditor');
    const other = { ...it.owner().actor, user_id: 'usr_other' };
    const notices = (await noticesFor(it.as(other))).map(({ detail }) => detail).join('\n');
    expect(notices).toContain(
      'Something is guarded less than before (guarded less: volumeDelete (destroy) in production',
    );
    expect(notices).toContain('A user was given another role (user: usr_new; role: auditor, then approver; by');
    expect(notices.split('another role')).toHaveLength(2);
    expect(await noticesFor(it.owner())).toEqual([]);
    mails.length = 0;
    const copied = { user_id: it.owner().actor.user_id, passkey_id: 'psk_1', reason: 'count' };
    const refused = { kind: 'passkey.refused', result: 'assertion_required', data: copied } as const;
    await change(it.owner(), async () => ({ result: undefined, happened: refused }));
    await tend();
    const subject = 'Writ: A passkey was refused: somebody may have a copy of it';
    expect(mails.map((mail) => [mail.to, mail.subject]).sort()).toEqual([
      ...[
        ['other@example.com', subject],
        [it.owner().actor.email, subject],
      ].sort(),
    ]);
    expect(await noticesFor(it.as({ ...other, role: 'admin' }))).toEqual([]);
    await it.services.store.db.execute(`delete from users where id = 'usr_other'`);
  });

  test('mail needs a mail server, and one is told of nothing that was before it', async () => {
    const mail = { kind: 'mail' as const, name: 'me', address: 'ada@example.com', events: ['freeze'] };
    await expect(createNotification(it.owner(), mail)).rejects.toMatchObject({ code: 'validation_failed' });
    await freeze();
    const withServer = { ...it.owner(), mail: async () => undefined };
    made.push((await createNotification(withServer, mail)).id);
    mails.length = 0;
    await tend();
    expect(mails).toEqual([]);
    const { id } = await freeze();
    await tend();
    expect(mails).toMatchObject([{ to: 'ada@example.com', text: expect.stringContaining(id) }]);
  });
});
