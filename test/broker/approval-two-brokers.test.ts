/** Two brokers on one Postgres: an approval is used at one of them, once, and what is said at one is heard at the other (invariant 11). */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAllowance } from '../../packages/broker/src/allowances/create.ts';
import { type ApprovalScene, openApprovalScene } from '../support/approval-scene.ts';
import { type Door, openDoor } from '../support/gateway-door.ts';
import { type InProcess, openInProcess } from '../support/in-process.ts';
import { taskOf, tokenOf } from '../support/token-scene.ts';

let scene: ApprovalScene;
let other: InProcess;
let doors: readonly [Door, Door];
let token: string;

beforeAll(async () => {
  scene = await openApprovalScene('postgres');
  other = await openInProcess('postgres', { beside: scene.it });
  doors = [scene.door, await openDoor(other.services)];
  token = tokenOf(await scene.it.ask({ task: 'approvals' }));
});
afterAll(async () => {
  await doors?.[1].close();
  await other?.close();
  await scene?.close();
});

const reveal = (mark: string): string =>
  `query ${mark} { variables(projectId: "p_rentals", environmentId: "e_production", serviceId: "s_api") }`;

test('of fifty uses at both brokers exactly one passes', async () => {
  const { id } = await scene.approvalOf(await doors[0].send(token, reveal('Both')).answer);
  await scene.decide(id, true);
  const sent = doors.flatMap((door) => Array.from({ length: 25 }, () => door.send(token, reveal('Both')).answer));
  const codes = (await Promise.all(sent)).map(({ code }) => code);
  expect(codes.filter((code) => code === 'forwarded')).toHaveLength(1);
  expect(await scene.arrived('Both')).toBe(1);
});

test('a request that waits at one broker goes on when a human says yes at the other', async () => {
  const { answer } = doors[1].send(token, reveal('Elsewhere'), { prefer: 'wait=60' });
  await expect.poll(() => other.services.live.budgets.waiting.used('helper'), { timeout: 20_000 }).toBe(1);
  const pending = await doors[0].send(token, reveal('Elsewhere')).answer;
  expect(pending.code).toBe('approval_pending');
  await scene.decide((await scene.approvalOf(pending)).id, true);
  expect((await answer).code).toBe('forwarded');
  expect(await scene.arrived('Elsewhere')).toBe(1);
});

test('of fifty uses of the last of an allowance at both brokers exactly one passes', async () => {
  const issued = await scene.it.ask({ task: 'allowances' });
  const type = 'provider_operations' as const;
  const detail = { type, connection: 'railway', environments: ['production'], operations: ['variables'] };
  const session = { session_id: 'ses_test', session_client: 'browser', authenticated_at: Date.now() } as const;
  const who = { user_id: scene.approver, role: 'approver', email: 'a@example.com', name: 'A' } as const;
  const approver = { ...scene.it.as({ kind: 'user', ...who, ...session }), asserted: 'password' } as const;
  const made = { task_id: taskOf(issued), detail };
  await createAllowance(approver, { ...made, uses: 1, expires_in: 600 });
  const sent = Array.from({ length: 50 }, (_, at) => doors[at % 2]?.send(tokenOf(issued), reveal(`Last${at}`)).answer);
  const codes = (await Promise.all(sent)).map((answer) => answer?.code);
  expect(codes.filter((code) => code === 'forwarded')).toHaveLength(1);
  expect(await scene.arrived('Last')).toBe(1);
});
