import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { AS_STARTED, openScene, type Scene } from '../support/scene.ts';

const READ = '{ environment(id: "e_staging") { id name } }';
const WRITE = `mutation { customDomainUpdate(environmentId: "e_staging", id: "cd_stag", targetPort: 8081) }`;

describe('a provider that misbehaves', () => {
  let story: Scene;
  let token = '';

  beforeAll(async () => {
    story = await openScene(AS_STARTED);
    // Only what destroys is looked up anew each time: what lies must be believed or refused at once.
    const grant = { environments: ['staging'], operations: ['customDomainDelete:destroy'] };
    await story.owner.client.call('grants.create', { client_id: 'agent', connection: 'railway', ...grant });
    token = (await story.token(story.agent, { task: 'look after staging' })).access_token;
  });
  afterEach(() => story.railway.reset());
  afterAll(() => story?.close());

  test('down: 503, nothing done, and it works again by itself', async () => {
    await story.railway.behave({ down: true });
    const down = await story.graphql(token, WRITE);
    expect([403, 503]).toContain(down.status);
    expect(['environment_unresolved', 'upstream_unavailable']).toContain(down.refusal?.code);
    await story.railway.behave({ down: false });
    const read = await story.graphql(token, READ);
    expect(read.status).toBe(200);
  });

  test('it answers a redirect: never followed, and the root credential goes nowhere else', async () => {
    await story.graphql(token, READ);
    await story.railway.behave({ redirect: 'http://127.0.0.1:9/steal', only: 'customDomainUpdate' });
    const { status, refusal, headers } = await story.graphql(token, WRITE);
    expect({ status, code: refusal?.code }).toEqual({ status: 503, code: 'upstream_outcome_unknown' });
    expect(headers.get('location')).toBeNull();
  });

  test.each(['raw', 'base64', 'url', 'split', 'header'] as const)(
    'it echoes the root credential, %s: the answer is withheld and the credential flagged',
    async (echo) => {
      await story.railway.behave({ echo, only: 'EchoProbe' });
      const root = story.railway.tokens.account;
      const answer = await story
        .graphql(token, 'query EchoProbe { environment(id: "e_staging") { id } }')
        .catch((error: unknown) => String(error));
      const said = JSON.stringify(answer);
      for (const spelling of [root, Buffer.from(root).toString('base64'), encodeURIComponent(root)])
        expect(said).not.toContain(spelling);
      const shown = await story.owner.client.call('connections.get', { connection: 'railway' });
      expect(shown.credentials[0]?.status).toBe('flagged');
      const { items } = await story.owner.client.call('audit.list', { kind: 'credential.flagged', limit: 10 });
      expect(items.length).toBeGreaterThan(0);
    },
  );

  test.each(['other_project', 'null_edges', 'missing_edges', 'endless_pages', 'null_data'] as const)(
    'it lies about what lies where (%s): a call is refused, not guessed',
    async (lie) => {
      await story.railway.behave({ lie, only: 'Writ' });
      const { status, refusal } = await story.graphql(token, 'mutation { customDomainDelete(id: "cd_stag") }');
      expect({ status, code: refusal?.code }).toEqual({ status: 403, code: 'environment_unresolved' });
      expect(await story.arrived()).toEqual([]);
    },
  );

  test('it is slow: the answer still comes, and the outcome is recorded with how long it took', async () => {
    await story.railway.behave({ delay_ms: 700, only: 'customDomainUpdate' });
    const { status } = await story.graphql(token, WRITE);
    expect(status).toBe(200);
    await eventually(async () => {
      const { items } = await story.owner.client.call('audit.list', { kind: 'request.ended', limit: 1 });
      expect(items[0]?.event).toMatchObject({ result: 'answered', data: { status: 200 } });
      expect(items[0]?.event['data']).toHaveProperty(
        'duration_ms',
        expect.toSatisfy((ms: number) => ms >= 700),
      );
    });
  });
});
