/** Standing yeses on the command line: what a person sees before one, and what it takes. */
import type { OutputOf } from '@writ/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FakeScene, openFakeScene } from './fake-broker.ts';

const WHEN = '2026-11-28T08:00:00.000Z';
const PASSWORD = 'not a real password';

const ALLOWED: OutputOf<'allowances.create'> = {
  ...{ id: 'alw_1', client_id: 'helper', task_id: 'tsk_1', uses: 5, used: 0, left: 5, protected: true },
  detail: {
    ...{ type: 'provider_operations', connection: 'railway', environments: ['production'] },
    ...{ operations: ['variables'], resources: ['service:s_1'] },
  },
  ...{ sole_approver: false, created_by: 'usr_2', created_at: WHEN, expires_at: WHEN, last_used_at: null },
  ...{ ended_at: null, ended_by: null, ended_why: null },
};

let scene: FakeScene;
const sent: { url: string | undefined; body: Record<string, unknown> }[] = [];
beforeAll(async () => {
  scene = await openFakeScene(({ method, url }, body) => {
    if (url === '/api/v1/session') {
      const who = { id: 'usr_2', email: 'o@example.com', name: 'Olga', role: 'owner', status: 'active' };
      const session = { session: { id: 'ses_1' }, session_token: 'writ_ss_made-for-this-test' };
      return { status: 201, body: { user: { ...who, created_at: WHEN }, ...session } };
    }
    if (url?.includes('/grants/preview') === true) {
      const item = { operation: 'variables', effect: 'reveal', environment: 'production', outcome: 'approve' };
      const items = [{ ...item, approve: true, hold_minutes: 0 }];
      return { status: 200, body: { items, next_cursor: null, limits: [] } };
    }
    if (method === 'DELETE') return { status: 204, body: '' };
    if (method === 'POST') sent.push({ url, body });
    return { status: 200, body: method === 'POST' ? ALLOWED : { items: [ALLOWED], next_cursor: null } };
  });
  await scene.home.writ(['login'], ['o@example.com', PASSWORD]);
});
afterAll(() => scene?.close());

test('an allowance shows what it would let pass, takes the password, and ends without one', async () => {
  const what = ['helper', 'tsk_1', 'railway/production/variables', '--resource', 'service:s_1'];
  const ran = await scene.home.writ(['allowances', 'create', ...what, '--uses', '5', '--for', '1h'], [PASSWORD]);
  expect(ran.code).toBe(0);
  const passes = 'It would let pass without asking anybody: railway/production/variables on service:s_1';
  expect(ran.stdout.replaceAll('\n', ' ')).toContain(passes);
  expect(ran.stdout).toContain('needs approval');
  expect(ran.stdout).toContain('alw_1 lets 5 operations pass until');
  expect(sent).toEqual([
    {
      url: '/api/v1/allowances',
      body: {
        ...{ client_id: 'helper', task_id: 'tsk_1', detail: ALLOWED.detail, uses: 5, expires_in: 3600 },
        assertion: { password: PASSWORD },
      },
    },
  ]);
  const { stdout } = await scene.home.writ(['allowances']);
  expect(stdout).toMatch(/alw_1 +helper +tsk_1/);
  expect((await scene.home.writ(['allowances', 'delete', 'alw_1'])).stdout).toContain('alw_1 has ended');
  const two = await scene.home.writ([
    'allowances',
    'create',
    'helper',
    'tsk_1',
    'a/b/c',
    'd/b/c',
    '--uses',
    '1',
    '--for',
    '1h',
  ]);
  expect(two.code).toBe(2);
});
