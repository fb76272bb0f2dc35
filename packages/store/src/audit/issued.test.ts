import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeClient, NOW, id as newId } from '../../../../test/support/rows.ts';
import { DATABASES, OPENING, openTestStore, type TestStore } from '../../../../test/support/store.ts';
import { getTask, getToken } from '../queries/index.ts';
import { DEFAULT_ORGANIZATION as organization_id } from '../store.ts';
import {
  auditHead,
  bumpEpochs,
  type Conditions,
  type IssuedToken,
  listAuditEvents,
  openAuditLog,
  readEpochs,
} from './index.ts';

describe.each(DATABASES)('tokens recorded with their events, %s', (kind) => {
  let opened: TestStore;
  let client_id: string;
  beforeAll(async () => {
    opened = await openTestStore(kind);
    client_id = await makeClient(opened.store);
  }, OPENING);
  afterAll(() => opened.dispose());

  const tokenOf = (purpose: string | null = null): IssuedToken => {
    const task_id = newId('tsk');
    const times = { created_at: NOW, last_token_at: NOW, ends_at: NOW + 1000 };
    const token = { organization_id, jti: newId('tok'), client_id, task_id, kid: 'k', aud: 'a', act_chain: [] };
    return {
      begins_task: true,
      task: { organization_id, id: task_id, client_id, purpose, ...times },
      token: { ...token, issued_at: NOW, expires_at: NOW + 500, details: null, cnf: { jkt: 'j' } },
    };
  };
  const issued = (token: IssuedToken, rest: Partial<Conditions> = {}): Conditions => ({
    epochs: [],
    instead: () => ({ kind: 'token.refused' }),
    issued: token,
    ...rest,
  });
  const rows = async ({ token, task }: IssuedToken) => ({
    token: await getToken(opened.store.db, { organization_id, jti: token.jti }),
    task: await getTask(opened.store.db, { organization_id, id: task.id }),
  });
  const NONE = { token: undefined, task: undefined };

  test('many share a commit, each with its task and its event', async () => {
    const log = openAuditLog(opened.store, { organization_id });
    const tokens = Array.from({ length: 30 }, (_, index) => tokenOf(`purpose "${index}" \\u0000 é`));
    await Promise.all(tokens.map((token) => log.append({ kind: 'token.issued' }, issued(token))));
    for (const token of tokens) {
      expect(await rows(token)).toMatchObject({
        token: { ...token.token, parent_jti: null, revoked_at: null },
        task: { ...token.task, ended_at: null },
      });
    }
    const { items } = await listAuditEvents(opened.store.db, { organization_id, limit: 30 });
    expect(items.every(({ event }) => event.includes('token.issued'))).toBe(true);
  });

  test('a token that continues a task is recorded without changing the task', async () => {
    const log = openAuditLog(opened.store, { organization_id });
    const first = tokenOf('one');
    await log.append({ kind: 'token.issued' }, issued(first));
    const next = { ...tokenOf('two'), begins_task: false };
    const token = { ...next.token, task_id: first.task.id };
    await log.append({ kind: 'token.issued' }, issued({ ...next, token }));
    expect(await rows({ ...next, token })).toMatchObject({ token: { jti: token.jti }, task: undefined });
    expect((await rows(first)).task?.purpose).toBe('one');
  });

  test('where an epoch has moved, a refusal is recorded and no token', async () => {
    const log = openAuditLog(opened.store, { organization_id });
    const keys = [{ scope: 'client', subject: client_id }] as const;
    const epochs = await readEpochs(opened.store.db, { organization_id, keys });
    await opened.store.transaction((tx) => bumpEpochs(tx, { organization_id, now: NOW, keys }));
    const [stale, other] = [tokenOf(), tokenOf()];
    const [refused, recorded] = await Promise.all([
      log.append({ kind: 'token.issued' }, issued(stale, { epochs })),
      log.append({ kind: 'token.issued' }, issued(other)),
    ]);
    expect([refused.written, recorded.written]).toEqual(['instead', 'event']);
    expect(await rows(stale)).toEqual(NONE);
    expect((await rows(other)).token?.jti).toBe(other.token.jti);
  });

  test('a token that cannot be stored is refused alone, before it waits with others', async () => {
    const log = openAuditLog(opened.store, { organization_id });
    const [nul, lone, fine] = [tokenOf('a\0'), tokenOf('\\\ud800'), tokenOf('\\\\u0000')];
    const done = await Promise.allSettled(
      [nul, lone, fine].map((token) => log.append({ kind: 'token.issued' }, issued(token))),
    );
    expect(done.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    expect(done[0]).toMatchObject({ reason: { code: 'internal' } });
    expect([await rows(nul), await rows(lone)]).toEqual([NONE, NONE]);
  });

  test('where the token cannot be recorded, its event is not recorded either', async () => {
    const log = openAuditLog(opened.store, { organization_id });
    const before = await auditHead(opened.store.db, { organization_id });
    const nobody = tokenOf();
    const task = { ...nobody.task, client_id: 'nobody' };
    await expect(log.append({ kind: 'token.issued' }, issued({ ...nobody, task }))).rejects.toThrow();
    expect(await auditHead(opened.store.db, { organization_id })).toEqual(before);
    expect(await rows(nobody)).toEqual(NONE);
  });
});
