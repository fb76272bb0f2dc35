/** Approvals on the command line: what a person reads before a yes, and what it takes. */
import type { OutputOf } from '@writ/api';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SHOWN } from '../support/approvals.ts';
import { type FakeScene, openFakeScene } from './fake-broker.ts';
import { ACTS } from './run.ts';

type Approval = OutputOf<'approvals.get'>;
const HOSTILE = 'evil\u001b]0;owned\u0007\u001b[2J\u202ereversed\u009b31m';
const WHEN = '2026-11-28T08:00:00.000Z';
const PASSWORD = 'not a real password';
const id = 'apr_0123456789abcdefghjkmnpqrs';

const view: Approval = {
  ...{ id, kind: 'request', state: 'pending', version: 'v1', client_id: 'helper', act_chain: [] },
  ...{ connection: 'railway', request_id: 'req_1', digest: 'ab', operations: ['volumeDelete'], previous: null },
  task: { id: 'tsk_1', purpose: 'clean up staging' },
  ...{ protected: true, sole_approver: false, quorum: 1, votes: [], nobody: null, may_approve: true, hold_minutes: 60 },
  requesters: [{ id: 'usr_1', name: 'Ada' }],
  approvers: [{ id: 'usr_2', name: 'Olga' }],
  ...{ run: null, usable_for: null, usable_until: null, created_at: WHEN, expires_at: WHEN, decided_at: null },
  ...{ reason: null, cool_until: null, reopened_at: null, used_at: null, used_by: null },
  offers: [
    {
      kind: 'guardrail',
      operation: 'volumeDelete',
      environment: 'production',
      command: 'writ guardrail set production volumeDelete hold --minutes 60 --connection railway',
    },
  ],
  shown: {
    ...SHOWN,
    request: {
      ...SHOWN.request,
      body: `{"query":"mutation { volumeDelete(volumeId: \\"vol_1\\") }${' '.repeat(90)}"}`,
    },
  },
  token: null,
};
const approved: Approval = {
  ...view,
  state: 'approved',
  run: 'client',
  usable_for: 900,
  usable_until: WHEN,
  decided_at: WHEN,
};

const LOOSENED = {
  ...{ kind: 'guardrails.replaced', at: WHEN, actor: 'user:usr_1' },
  data: { added: [], removed: [], loosened: [`volumeDelete in production ${HOSTILE}`] },
};
const CHANGE = { items: [{ seq: 1, hash: 'h', event: LOOSENED }], next_cursor: null };
const OPERATION = { operation: 'volumeDelete', effect: 'destroy', environment: 'staging' };
const PREVIEW = {
  items: [{ ...OPERATION, outcome: 'hold', approve: false, hold_minutes: 5 }],
  next_cursor: null,
  limits: [],
};
const GRANT = {
  id: 'grt_1',
  max_ttl_seconds: 3600,
  expires_at: null,
  note: null,
  created_by: 'usr_2',
  created_at: WHEN,
};
const REFUSED: OutputOf<'refusals.get'> = {
  ...{ request_id: 'req_1', at: WHEN, code: 'operation_not_granted', client_id: 'helper', task_id: 'tsk_1' },
  ...{ connection: 'railway', grant_for: 'helper', token_lacks: true, why: null },
  operations: [{ name: 'volumeDelete', effect: 'destroy', environments: ['staging'], targets: ['volume:v_1'] }],
  missing: [
    {
      ...{
        type: 'provider_operations',
        connection: 'railway',
        environments: ['staging'],
        operations: ['volumeDelete'],
      },
      ...{ resources: ['volume:v_1'], arguments: { volumeDelete: { volumeId: { equals: HOSTILE } } } },
    },
  ],
};
describe('approvals', () => {
  let scene: FakeScene;
  let refused = REFUSED;
  let shown: Approval = view;
  let offered = view.offers;
  let sent: { url: string | undefined; body: Record<string, unknown> }[] = [];
  beforeAll(async () => {
    scene = await openFakeScene(({ method, url }, body) => {
      if (url === '/api/v1/session') {
        const user = {
          id: 'usr_2',
          email: 'o@example.com',
          name: 'Olga',
          role: 'owner',
          status: 'active',
          created_at: WHEN,
        };
        return { status: 201, body: { user, session: { id: 'ses_1' }, session_token: 'writ_ss_made-for-this-test' } };
      }
      if (url?.startsWith('/api/v1/refusals/') === true) return { status: 200, body: refused };
      if (url?.startsWith('/api/v1/grants/preview') === true) return { status: 200, body: PREVIEW };
      if (url?.startsWith('/api/v1/audit?request_id=req_1') === true) return { status: 200, body: CHANGE };
      if (method === 'POST') sent.push({ url, body });
      if (url === '/api/v1/guardrails/undo')
        return { status: 200, body: { request_id: 'req_1', kind: 'guardrails.replaced', undone: [] } };
      if (url === '/api/v1/grants') return { status: 201, body: { ...GRANT, ...body } };
      if (url?.endsWith('/approve') === true)
        return {
          status: 200,
          body: url.includes('apr_') ? { ...approved, offers: offered } : { items: [approved], next_cursor: null },
        };
      if (url?.endsWith('/deny') === true)
        return { status: 200, body: { ...shown, state: 'denied', cool_until: WHEN } };
      if (url?.endsWith('/reopen') === true) return { status: 200, body: { reopened: [id] } };
      if (url?.endsWith('/look') === true)
        return { status: 200, body: { id, request: { ...SHOWN.request, body: 'hunter2-fake' } } };
      return { status: 200, body: url?.includes('apr_') === true ? shown : { items: [shown], next_cursor: null } };
    });
    await scene.home.writ(['login'], ['o@example.com', PASSWORD]);
  });
  afterAll(() => scene.close());
  beforeEach(() => {
    shown = view;
    sent = [];
  });

  test('the page says who asks, what dies and where, and every byte, within 80 columns; the client’s words stand apart', async () => {
    const { stdout, code } = await scene.home.writ(['approvals', 'show', id]);
    expect(code).toBe(0);
    for (const part of [
      'WAITS FOR A YES: volumeDelete',
      'Helper (helper, agent), of Ada',
      'volume:vol_1',
      'rentals-data',
      'production (protected)',
    ])
      expect(stdout).toContain(part);
    expect(stdout).toContain('(its own words, which nobody has checked):\n  | clean up staging');
    const body = [...stdout.matchAll(/^ {2}[|:] (.*)$/gm)].map(([, text]) => text).join('');
    expect(body).toContain(view.shown?.request.body);
    const copied = /^ {2}((npx )?writ |[0-9a-f]{64}$)/;
    expect(stdout.split('\n').filter((line) => line.length > 80 && !copied.test(line))).toEqual([]);
    expect(stdout).toContain('writ guardrail set production volumeDelete hold --minutes 60');
  });

  test('nothing that client or provider wrote acts on the terminal, in the page and in JSON', async () => {
    shown = {
      ...view,
      task: { id: 'tsk_1', purpose: HOSTILE },
      reason: HOSTILE,
      requesters: [{ id: 'usr_1', name: HOSTILE }],
      shown: {
        ...SHOWN,
        request: { ...SHOWN.request, path: HOSTILE, body: HOSTILE, headers: { [HOSTILE]: HOSTILE } },
        confirm: [HOSTILE],
        recent_renames: [{ kind: HOSTILE, id: HOSTILE, before: HOSTILE, to: HOSTILE, at: WHEN }],
        recent_renames_more: 12,
        asked_by: { client_id: HOSTILE, name: HOSTILE, kind: HOSTILE, owner: HOSTILE },
      },
    };
    for (const args of [['show', id], ['show', id, '--json'], ['list']]) {
      const ran = await scene.home.writ(['approvals', ...args]);
      expect(ran.code).toBe(0);
      expect(`${ran.stdout}${ran.stderr}`).not.toMatch(ACTS);
      if (args.length === 2 && args[0] === 'show') expect(ran.stdout).toContain('and 12 more.');
    }
  });

  test('what was done before, and that one approves one’s own, is said first', async () => {
    shown = { ...view, sole_approver: true, previous: { request_id: 'req_0', at: WHEN, same_digest: true } };
    const { stdout } = await scene.home.writ(['approvals', 'show', id]);
    const first = stdout.slice(0, stdout.indexOf('approval '));
    expect(first).toContain('The very same request was carried out at 2026-11-28 08:00Z');
    expect(first).toContain('You would approve what you');
  });

  test('a yes takes the typed name and the password, and says what was looked at', async () => {
    const ran = await scene.home.writ(
      ['approvals', 'approve', id, '--for', '2h'],
      ['production/rentals-data', PASSWORD],
    );
    expect(ran.code).toBe(0);
    expect(sent).toEqual([
      {
        url: `/api/v1/approvals/${id}/approve`,
        body: { seen: 'v1', confirm: ['production/rentals-data'], usable_for: 7200, assertion: { password: PASSWORD } },
      },
    ]);
    expect(ran.stdout).toContain('WAITS FOR A YES');
    expect(ran.stdout).toContain('is approved: the client can repeat its request, once');
    expect(`${ran.stdout}${ran.stderr}`).not.toContain(PASSWORD);
  });

  test('a yes is followed by how to allow the same beforehand, where that may be', async () => {
    const command = 'writ allowances create helper tsk_1 railway/production/variables --uses 5 --for 1h';
    offered = [{ kind: 'allowance', operation: 'variables', environment: 'production', command }, ...view.offers];
    shown = { ...view, offers: offered, shown: { ...SHOWN, confirm: [] } };
    const { stdout } = await scene.home.writ(['approvals', 'approve', id], [PASSWORD]);
    offered = view.offers;
    const [page, after] = stdout.split('is approved:');
    for (const part of [page, after]) expect(part).toContain(`can allow it beforehand:\n  npx ${command}`);
    expect(after).not.toContain('writ guardrail');
  });

  test('another name approves nothing, and --yes stands for neither name nor password', async () => {
    const wrong = await scene.home.writ(['approvals', 'approve', id], ['production/rentals', PASSWORD]);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('That is not what would be destroyed: production/rentals-data');
    const none = await scene.home.writ(['approvals', 'approve', id, '--yes']);
    expect(none.code).toBe(2);
    expect(sent).toEqual([]);
  });

  test('with --json a yes prints the answer alone', async () => {
    const ran = await scene.home.writ(['approvals', 'approve', id, '--json'], ['production/rentals-data', PASSWORD]);
    expect(JSON.parse(ran.stdout)).toMatchObject({ id, state: 'approved' });
  });

  test('several at once are one request', async () => {
    const ran = await scene.home.writ(['approvals', 'approve', id, `${id}2`], [PASSWORD]);
    expect(ran.code).toBe(0);
    expect(sent).toEqual([
      {
        url: '/api/v1/approvals/approve',
        body: { ids: [id, `${id}2`], seen: { [id]: 'v1', [`${id}2`]: 'v1' }, assertion: { password: PASSWORD } },
      },
    ]);
  });

  test('a no, a look and a lift each take the password', async () => {
    expect((await scene.home.writ(['approvals', 'deny', id, '--reason', 'not that one'], [PASSWORD])).stdout).toContain(
      'is denied',
    );
    expect((await scene.home.writ(['approvals', 'look', id], [PASSWORD])).stdout).toContain('| hunter2-fake');
    expect((await scene.home.writ(['approvals', 'reopen', id], [PASSWORD])).stdout).toContain(`Lifted: ${id}`);
    expect(sent.map(({ body }) => body['assertion'])).toEqual(Array(3).fill({ password: PASSWORD }));
    expect(sent[0]?.body).toMatchObject({ reason: 'not that one' });
  });

  test('a refused request fills in its grant: shown whole, made only after a yes, and never where none would do', async () => {
    refused = REFUSED;
    const asked = await scene.home.writ(['grant', '--request', 'req_1']);
    expect(asked).toMatchObject({ code: 1, stdout: '' });
    expect(asked.stderr).toContain(
      'railway/staging/volumeDelete\n  only volume:v_1\n  where volumeDelete volumeId equals',
    );
    expect(asked.stderr).not.toMatch(ACTS);
    expect(sent).toEqual([]);
    const made = await scene.home.writ(['grant', 'create', '--request', 'req_1', '--yes', '--ttl', '30m'], [PASSWORD]);
    expect(made).toMatchObject({ code: 0 });
    const { type: _, ...scope } = { ...REFUSED.missing[0] };
    expect(sent).toMatchObject([
      { url: '/api/v1/grants', body: { client_id: 'helper', max_ttl_seconds: 1800, ...scope } },
    ]);
    expect(made.stderr).toContain('helper asks for a new token then');
    refused = { ...REFUSED, missing: [], grant_for: null, why: 'A guardrail forbids it: no grant changes that.' };
    const none = await scene.home.writ(['grant', '--request', 'req_1', '--yes']);
    expect(none.code).toBe(1);
    expect(none.stderr).toContain('No grant was made. A guardrail forbids it');
    expect(sent).toHaveLength(1);
  });

  test('where it is not known where a refused request lies, a person says it', async () => {
    const [
      { environments: _, ...anywhere } = { operations: [], connection: '', type: 'provider_operations' as const },
    ] = REFUSED.missing;
    refused = { ...REFUSED, missing: [anywhere] };
    const unsaid = await scene.home.writ(['grant', '--request', 'req_1', '--yes']);
    expect(unsaid.code).toBe(2);
    expect(unsaid.stderr).toContain('--environment: shared');
    const said = await scene.home.writ(
      ['grant', '--request', 'req_1', '--yes', '--environment', 'staging'],
      [PASSWORD],
    );
    expect(said.code).toBe(0);
    expect(sent[0]?.body).toMatchObject({ environments: ['staging'] });
    for (const more of [
      ['helper', 'a/b/c'],
      ['--resource', 'volume:v_2'],
    ])
      expect((await scene.home.writ(['grant', '--request', 'req_1', ...more])).code).toBe(2);
    expect((await scene.home.writ(['grant', 'helper'])).code).toBe(2);
  });

  test('what was loosened is shown before it is taken back, which takes a yes and the password', async () => {
    const asked = await scene.home.writ(['guardrail', 'undo', 'req_1']);
    expect(asked.code).toBe(1);
    expect(asked.stderr).toContain('volumeDelete in production');
    expect(asked.stderr).not.toMatch(ACTS);
    expect(sent).toEqual([]);
    expect((await scene.home.writ(['guardrail', 'undo', 'req_1'], [PASSWORD])).stdout).toContain('Taken back');
    expect(sent).toEqual([
      { url: '/api/v1/guardrails/undo', body: { request_id: 'req_1', assertion: { password: PASSWORD } } },
    ]);
  });
});
