/** The stream of events, through real brokers: nothing is lost or told twice, and it ends with the session. */
import { followEvents, type StreamedEvent } from '@writ/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Broker, startBroker } from '../support/broker.ts';
import type { Access } from '../support/owner.ts';
import { signIn } from '../support/owner.ts';
import { openScene, type Scene } from '../support/scene.ts';
import { DATABASES } from '../support/store.ts';

describe.each(DATABASES)('the stream of events, on %s', (database) => {
  let scene: Scene;
  let brokers: Broker[];
  let auditor: Access;
  let task_id: string;
  beforeAll(async () => {
    scene = await openScene({ database });
    const { broker } = scene;
    const beside = async () => await startBroker({ database, beside: broker, env: { WRIT_PUBLIC_URL: broker.url } });
    // The embedded database has one broker.
    brokers = database === 'postgres' ? [broker, await beside()] : [broker];
    auditor = await scene.owner.invite('auditor');
    task_id = (await scene.token()).task_id;
  });
  afterAll(async () => {
    await brokers[1]?.stop();
    await scene?.close();
  });

  /** Opens a stream at a broker, and leaves it to be read. */
  const open = async (headers: Record<string, string>, { at = scene.broker.url, query = '' } = {}) => {
    const leave = new AbortController();
    const signal = AbortSignal.any([leave.signal, AbortSignal.timeout(60_000)]);
    const response = await fetch(`${at}/api/v1/events${query}`, { headers, signal });
    return { response, leave: () => leave.abort(), tookTooLong: () => signal.aborted };
  };
  /** What is recorded again and again, while others read. */
  const happen = async (reason: string) => {
    const { id } = await scene.owner.client.call('freeze.create', { task_id, reason });
    await scene.owner.client.call('freeze.delete', { id }, { assertion: scene.owner.assertion });
  };
  const headOf = async () => (await scene.owner.client.call('audit.list', { limit: 1 })).items[0]?.seq ?? 0;
  const textUntil = async (response: Response, end: RegExp): Promise<string> => {
    let text = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      if (end.test(text)) return text;
    }
    return text;
  };

  test('cut off again and again, and resumed at any broker, it tells each event once, in order, and no secret', async () => {
    const start = await headOf();
    const clients = await Promise.all(brokers.map(async ({ url }) => (await signIn(url, auditor)).client));
    let opened = 0;
    const told: StreamedEvent[] = [];
    const events = followEvents({
      after: start,
      wait: async () => undefined,
      open: async (after) => {
        opened += 1;
        const leave = new AbortController();
        const client = clients[opened % clients.length];
        if (client === undefined) throw new Error('no client');
        const reader = await client.call('events.stream', after === undefined ? {} : { after }, {
          signal: leave.signal,
        });
        let count = 0;
        async function* some() {
          for await (const event of reader) {
            count += 1;
            yield event;
            // The line breaks with events on the way.
            if (count === 3) leave.abort();
          }
        }
        return { resumeAfter: reader.resumeAfter, [Symbol.asyncIterator]: some };
      },
    });
    const happening = (async () => {
      for (let at = 0; at < 8; at += 1) await happen(`a reason that is nobody's business ${at}`);
    })();
    for await (const event of events) {
      told.push(event);
      if (told.length === 16) break;
    }
    await happening;
    expect(opened).toBeGreaterThan(3);
    const { items } = await scene.owner.client.call('audit.list', { limit: 1000 });
    const recorded = items.filter(({ seq }) => seq > start).reverse();
    expect(told.map(({ id }) => id)).toEqual(recorded.slice(0, 16).map(({ seq }) => seq));
    const frozen = told.find(({ kind }) => kind === 'freeze.created');
    expect(frozen).toMatchObject({ task_id, freeze_id: expect.stringMatching(/^frz_/), actor: expect.any(String) });
    expect(JSON.stringify(told)).not.toContain("nobody's business");
  });

  test('it is server-sent events: ids, kinds, the header of the last id; only the kinds that were asked for', async () => {
    const { cookie } = auditor;
    const before = await headOf();
    await happen('test');
    const headers = { cookie, 'last-event-id': String(before) };
    const { response, leave } = await open(headers, { query: '?kinds=freeze&after=0' });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const text = await textUntil(response, /freeze\.lifted\ndata: .+\n\n/);
    leave();
    const frames = text.split('\n\n').filter((frame) => frame.includes('data: '));
    expect(text).toMatch(new RegExp(`^id: ${before}\nretry: 2000\n\n`));
    expect(frames.map((frame) => /^event: (.+)$/m.exec(frame)?.[1])).toEqual(['freeze.created', 'freeze.lifted']);
    const wrong = await open({ cookie }, { query: '?after=-1' });
    expect(wrong.response.status).toBe(422);
    await wrong.response.text();
  });

  test('one session may open so many, and no more until one is left', async () => {
    const { cookie } = await signIn(scene.broker.url, auditor);
    const streams = [];
    for (let at = 0; at < 6; at += 1) streams.push(await open({ cookie }));
    const refused = await open({ cookie });
    expect([refused.response.status, refused.response.headers.get('retry-after')]).toEqual([429, '10']);
    await refused.response.text();
    streams[0]?.leave();
    await expect.poll(async () => (await open({ cookie })).response.status, { timeout: 30_000 }).toBe(200);
    for (const { leave } of streams) leave();
  });

  test('it ends with its session, also for a reader that takes nothing', async () => {
    const { cookie, client } = await signIn(scene.broker.url, auditor);
    const [read, unread] = [await open({ cookie }), await open({ cookie })];
    const ended = textUntil(read.response, /never/).catch(() => 'broken off');
    await client.call('session.delete', {});
    await ended;
    expect(read.tookTooLong()).toBe(false);
    const text = await unread.response.text().catch(() => 'broken off');
    expect(text).not.toContain('freeze.created');
    expect(unread.tookTooLong()).toBe(false);
    expect((await open({ cookie })).response.status).toBe(401);
  });
});
