import { randomUUID } from 'node:crypto';
import { fakePassword } from '../../support/owner.ts';
import type { Scene } from '../../support/scene.ts';
import type { Evidence } from './evidence.ts';

/** Invitations, sign-ins, wrong passwords, one-time links and root credentials, good and bad. */
export async function people(scene: Scene, evidence: Evidence): Promise<void> {
  const { owner } = scene;
  const json = { 'content-type': 'application/json', cookie: owner.cookie };
  const post = async (
    path: string,
    body: object,
    headers: Record<string, string> = json,
  ): Promise<{ text: string; headers: string }> => {
    const answer = await scene.send(path, { method: 'POST', headers, body: JSON.stringify(body) });
    return { text: answer.text, headers: JSON.stringify([...answer.headers]) };
  };
  const invited = await post('/api/v1/users', {
    email: 'ann@example.com',
    name: 'Ann',
    role: 'auditor',
    assertion: owner.assertion,
  });
  const link = /#token=([\w-]+)/.exec(invited.text)?.[1] ?? '';
  evidence.plant('the one-time link', link);
  evidence.keep('users.create', invited.text, link);
  const password = evidence.plant('the password of the invited', fakePassword());
  const wrong = evidence.plant('a wrong password', fakePassword());
  const short = evidence.plant('a password too short', 'fake-short');
  for (const body of [
    { token: link, password: short },
    { token: link, password },
    { token: link, password },
    { token: `${link}x`, password },
    { token: [link], password: [password] },
  ]) {
    evidence.keep('users.accept', JSON.stringify(await post('/api/v1/users/accept', body)));
  }
  const session = await post('/api/v1/session', { email: 'ann@example.com', password, client: 'cli' });
  const bearer = (JSON.parse(session.text) as { session_token: string }).session_token;
  evidence.plant('the stored session', bearer);
  evidence.keep('session.create', JSON.stringify(session), bearer);
  const browser = await post('/api/v1/session', { email: 'ann@example.com', password });
  const cookie = /writ_session=([\w-]+)/.exec(browser.headers)?.[1] ?? '';
  evidence.plant('the session of the invited', cookie);
  evidence.keep('session.create', JSON.stringify(browser), cookie);
  for (const body of [
    { email: 'ann@example.com', password: wrong },
    { email: wrong, password: wrong },
    { email: 'ann@example.com', password: wrong, passwort: password },
    { password: { wrong } },
  ]) {
    evidence.keep('session.create', JSON.stringify(await post('/api/v1/session', body)));
  }
  evidence.keep(
    'assertion',
    JSON.stringify(await post('/api/v1/freeze', { all: true, reason: 'x', assertion: { password: wrong } })),
  );
  evidence.keep(
    'setup',
    JSON.stringify(
      await post('/api/v1/setup', {
        setup_token: scene.broker.setupToken,
        email: 'b@example.com',
        name: 'B',
        password: wrong,
      }),
    ),
  );
  const reset = await post(`/api/v1/users/${(JSON.parse(invited.text) as { id: string }).id}/reset`, {
    assertion: owner.assertion,
  });
  const again = /#token=([\w-]+)/.exec(reset.text)?.[1] ?? '';
  evidence.plant('the reset link', again);
  evidence.keep('users.reset', reset.text, again);
  for (const path of ['/api/v1/me', '/api/v1/sessions', '/api/v1/users']) {
    const answer = await scene.send(path, { headers: { authorization: `Bearer ${bearer}` } });
    evidence.keep(path, answer.text + JSON.stringify([...answer.headers]));
  }
  const root = evidence.plant('a second root credential', `fake-root-${randomUUID()}`);
  const connection = {
    slug: 'second',
    provider: 'railway',
    base_url: scene.railway.url,
    credential: { kind: 'account_token', value: root },
  };
  evidence.keep(
    'connections.create',
    JSON.stringify(await post('/api/v1/connections', { ...connection, assertion: owner.assertion })),
  );
  evidence.keep(
    'connections.create',
    JSON.stringify(await post('/api/v1/connections', { ...connection, slug: 'Bad Slug', assertion: owner.assertion })),
  );
  evidence.keep(
    'connections.create',
    JSON.stringify(
      await post('/api/v1/connections', {
        ...connection,
        slug: 'third',
        credential: { kind: root, value: `Bearer ${root}` },
        assertion: owner.assertion,
      }),
    ),
  );
  evidence.keep(
    'connections.create',
    JSON.stringify(
      await post('/api/v1/connections', {
        ...connection,
        slug: 'fourth',
        base_url: `https://user:${root}@example.com/?key=${root}`,
        assertion: owner.assertion,
      }),
    ),
  );
  evidence.keep('connections.verify', JSON.stringify(await post('/api/v1/connections/second/verify', {})));
  evidence.keep('connections.verify', JSON.stringify(await post('/api/v1/connections/railway/verify', {})));
}
