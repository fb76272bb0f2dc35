/**
 * No sequence of calls by clients, and by people who may not say yes, has a guarded call sent; and what is sent is never more than was
 * approved (invariants 10 and 11). The calls are random; decision, approvals, holds and gateway are the real ones.
 */
import type { Ctx, UserActor } from '@writ/broker';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { approveAllApprovals, approveApproval } from '../../packages/broker/src/approvals/approve.ts';
import { denyApproval } from '../../packages/broker/src/approvals/deny.ts';
import { getApproval } from '../../packages/broker/src/approvals/list.ts';
import { reopenApproval } from '../../packages/broker/src/approvals/reopen.ts';
import { createClient } from '../../packages/broker/src/clients/create.ts';
import { createFreeze } from '../../packages/broker/src/freeze/create.ts';
import { deleteFreeze } from '../../packages/broker/src/freeze/delete.ts';
import { createGrant } from '../../packages/broker/src/grants/create.ts';
import { putGuardrails } from '../../packages/broker/src/guardrails/put.ts';
import { releaseHold } from '../../packages/broker/src/holds/release.ts';
import { getOwnApproval } from '../../packages/broker/src/self/approvals.ts';
import { explainSelf } from '../../packages/broker/src/self/explain.ts';
import { cancelOwnHold, getOwnHold, takeApprovalResult, takeHoldResult } from '../../packages/broker/src/self/holds.ts';
import { authenticateHolder } from '../../packages/broker/src/tokens/authenticate.ts';
import { revokeTokens } from '../../packages/broker/src/tokens/revoke.ts';
import { type ApprovalScene, openApprovalScene } from '../support/approval-scene.ts';
import { newPeople, type People } from '../support/approvals.ts';
import { type DueHolds, openDueHolds } from '../support/due-holds.ts';
import { bearer } from '../support/presented.ts';
import { OPENING } from '../support/store.ts';
import { basic, taskOf, tokenOf } from '../support/token-scene.ts';

const VARIABLES = 'variables(projectId: "p_rentals", environmentId: "e_production", serviceId: "s_api")';
/** The calls: each wants a human's yes; the last one is held after that. */
const CALLS = [
  `query NAME { ${VARIABLES} }`,
  `query NAME { x: ${VARIABLES} }`,
  'mutation NAME { volumeDelete(volumeId: "v_prod") }',
];
/** Who calls: the client, in another task too, another client, and that one on behalf of the first. */
const WHO = ['client', 'in another task', 'other client', 'on behalf'] as const;
type Who = (typeof WHO)[number];

let scene: ApprovalScene;
let it: ApprovalScene['it'];
let people: People;
let due: DueHolds;
let secret: string;
let runs = 0;
beforeAll(async () => {
  scene = await openApprovalScene('postgres');
  ({ it } = scene);
  due = openDueHolds(it);
  const auth = { method: 'client_secret_basic' as const };
  secret =
    (await createClient(it.owner(), { client_id: 'other', kind: 'agent', name: 'Other', auth })).client_secret ?? '';
  const scope = { environments: ['production'], operations: ['variables:reveal', 'volumeDelete'] };
  await createGrant(it.owner(), { client_id: 'other', connection: 'railway', ...scope });
  people = await newPeople(it);
  // The owner who made the clients and what they are granted: one who asked.
  await scene.sql(`update users set password_hash = 'fake' where id = '${it.owner().actor.user_id}'`);
}, OPENING);
afterAll(async () => {
  await due?.close();
  await scene?.close();
});

/** One sequence: what its callers know, and what has been approved in it and not used yet. */
class Run {
  readonly name = `R${runs}x`;
  readonly tokens = new Map<Who, { token: string; task_id: string }>();
  /** By its id, whose approval of which call it is. */
  readonly asked = new Map<string, { who: Who; call: number }>();
  readonly held: string[] = [];
  readonly yes = new Set<string>();
  /** What Writ has sent, or will: who repeats it gets the kept answer. */
  readonly byWrit = new Set<string>();
  /** How often each call may have arrived, at most. */
  readonly most = CALLS.map(() => 0);
  readonly dead = new Set<string>();
  freeze: string | undefined;
  count(id: string, by: 1 | -1): void {
    const call = this.asked.get(id)?.call ?? 0;
    this.most[call] = (this.most[call] ?? 0) + by;
  }

  pick = <T>(from: Iterable<T>, at: number): T | undefined => [...from].at(at % Math.max(1, [...from].length));
}

/** A token of this caller: the task stays, once there is one. */
async function renew(run: Run, who: Who): Promise<void> {
  const had = run.tokens.get(who);
  const as = who === 'client' || who === 'in another task' ? undefined : basic('other', secret);
  const exchange = {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: run.tokens.get('client')?.token ?? '',
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  };
  const reply = await it.ask(who === 'on behalf' ? exchange : had ? { task_id: had.task_id } : { task: who }, as);
  if (reply.status === 200) run.tokens.set(who, { token: tokenOf(reply), task_id: taskOf(reply) });
}

const isRefused = (work: () => Promise<unknown>): Promise<boolean> =>
  work().then(
    () => false,
    () => true,
  );

async function send(run: Run, { who, call, header }: { who: Who; call: number; header: number }): Promise<void> {
  const known = run.pick(run.asked.keys(), header) ?? 'apr_none';
  const headers =
    [
      {},
      { 'writ-approval': known },
      { 'writ-approval': 'approved' },
      { prefer: 'respond-async' },
      { 'idempotency-key': String(header) },
    ][header % 5] ?? {};
  const { token = '' } = run.tokens.get(who) ?? {};
  const { code, problem } = await scene.door.send(token, (CALLS[call] ?? '').replace('NAME', run.name + call), headers)
    .answer;
  const { approval_id, hold_id } = problem ?? {};
  if (typeof approval_id === 'string' && !('writ-approval' in headers) && !run.asked.has(approval_id))
    run.asked.set(approval_id, { who, call });
  const isOf = (id: string) => run.asked.get(id)?.who === who && run.asked.get(id)?.call === call;
  const used = [...run.yes].find(isOf);
  if (typeof hold_id === 'string') run.held.push(hold_id);
  // What is sent has used up its yes, and so has what is held, whatever becomes of the hold.
  if (typeof hold_id === 'string' || code === 'forwarded') run.yes.delete(used ?? '');
  if (code !== 'forwarded') return;
  expect([run.freeze, run.dead.has(token)]).toEqual([undefined, false]);
  expect(used ?? [...run.byWrit].find(isOf)).toBeDefined();
}

/** What nobody may: each is refused, whatever the approval or the hold is. */
const FORBIDDEN: Readonly<Record<string, (run: Run, id: string, hold: string) => Promise<unknown>>> = {
  'an auditor says yes': (_, id) => say(people.auditor, id),
  'who asked says yes': (_, id) => say({ ...it.owner(), asserted: 'password' }, id, 'now'),
  'a session says yes': (_, id) => say(bare(people.approver), id),
  'a session says yes to many': (_, id) => approveAllApprovals(bare(people.owner), { ids: [id] }),
  'a token says yes': async (run, id) => say({ ...(await holder(run)), asserted: 'password' } as never, id, 'now'),
  'a yes without what is typed': (_, id) => approveApproval(people.approver, { id, confirm: 'production/other' }),
  'a session lifts a no': (_, id) => reopenApproval(bare(people.owner), { id }),
  'an auditor releases': (_run, _id, hold) => releaseHold(people.auditor, { id: hold }),
  'a session releases': (_run, _id, hold) => releaseHold(bare(people.approver), { id: hold }),
  'who asked releases': (_run, _id, hold) => releaseHold({ ...it.owner(), asserted: 'password' }, { id: hold }),
  'an admin loosens': () =>
    putGuardrails(people.admin, {
      items: [{ environments: 'production', operations: 'variables:reveal', outcome: 'allow' }],
    }),
};

/** What a token may ask for, and changes nothing, or takes something back. */
const OWN: Readonly<Record<string, (run: Run, id: string, hold: string) => Promise<unknown>>> = {
  approval: async (run, id) => getOwnApproval(await holder(run), { id }),
  'result of approval': async (run, id) => takeApprovalResult(await holder(run), { id }),
  hold: async (run, _, hold) => getOwnHold(await holder(run), { id: hold }),
  'result of hold': async (run, _, hold) => takeHoldResult(await holder(run), { id: hold }),
  'cancel hold': async (run, _, hold) => cancelOwnHold(await holder(run), { id: hold }),
  explain: async (run) => {
    const body = JSON.stringify({ query: CALLS[0] });
    const request = { method: 'POST', path: '/graphql/v2', headers: { 'content-type': 'application/json' }, body };
    return explainSelf(await holder(run), { connection: 'railway', request });
  },
};

const holder = async (run: Run) =>
  it.as(await authenticateHolder(it.services, bearer(run.tokens.get('client')?.token ?? '')));

function bare({ asserted: _, ...ctx }: Ctx<UserActor>): Ctx<UserActor> {
  return ctx;
}

async function say(ctx: Ctx<UserActor>, id: string, run: 'client' | 'now' = 'client'): Promise<void> {
  const { shown } = await getApproval(people.owner, { id });
  await approveApproval(ctx, { id, run, ...(shown && shown.confirm.length > 0 && { confirm: shown.confirm }) });
}

async function approve(run: Run, { at, how }: { at: number; how: 'client' | 'now' }): Promise<void> {
  const id = run.pick(
    [...run.asked.keys()].filter((each) => !run.yes.has(each)),
    at,
  );
  if (id === undefined || (await isRefused(() => say(people.approver, id, how)))) return;
  expect(run.freeze).toBeUndefined();
  (how === 'client' ? run.yes : run.byWrit).add(id);
  run.count(id, 1);
}

async function deny(run: Run, at: number): Promise<void> {
  const id = run.pick(run.asked.keys(), at);
  if (id === undefined || (await isRefused(() => denyApproval(people.approver, { id })))) return;
  if (run.yes.delete(id)) run.count(id, -1);
}

/** The time of all that waits is over. */
async function expire(run: Run): Promise<void> {
  await scene.sql(
    `update approvals set expires_at = now(), usable_until = now() where state in ('pending', 'approved')`,
  );
  for (const id of run.yes) run.count(id, -1);
  run.yes.clear();
}

/** The window of all that is held is over, and this broker looks. */
async function execute(): Promise<void> {
  await scene.sql(`update holds set executes_at = now() where state = 'waiting'`);
  while ((await due.execute()) !== undefined);
}

async function freeze(run: Run): Promise<void> {
  run.freeze ??= (await createFreeze(people.approver, { all: true, reason: 'drill' })).id;
}

async function unfreeze(run: Run): Promise<void> {
  if (run.freeze !== undefined) await deleteFreeze(people.owner, { id: run.freeze });
  run.freeze = undefined;
}

async function revoke(run: Run, who: Who): Promise<void> {
  const { token = '', task_id = '' } = run.tokens.get(who) ?? {};
  for (const each of run.tokens.values()) if (each.task_id === task_id) run.dead.add(each.token);
  if (token !== '') await revokeTokens(it.owner(), { task_id });
}

const command = (name: string, run: (real: Run) => Promise<void>): fc.AsyncCommand<object, Run> => ({
  check: () => true,
  run: (_, real) => run(real),
  toString: () => name,
});
const index = fc.nat({ max: 20 });
const who = fc.constantFrom('client', 'client', ...WHO);
const given = (run: Run, at: number): [string, string] => [
  run.pick(run.asked.keys(), at) ?? 'apr_none',
  run.pick(run.held, at) ?? 'hld_none',
];

const sends = fc
  .record({ who, call: fc.nat({ max: CALLS.length - 1 }), header: index })
  .map((what) => command(`send ${JSON.stringify(what)}`, (run) => send(run, what)));
/** The call of an approval, by whom it was asked for; or another one by the same. */
const repeats = fc.record({ at: index, header: index, other: fc.constantFrom(0, 0, 1) }).map(({ at, header, other }) =>
  command(`repeat ${at} ${header} ${other}`, async (run) => {
    const { who: by, call } = run.pick(run.asked.values(), at) ?? {};
    if (by !== undefined) await send(run, { who: by, call: ((call ?? 0) + other) % CALLS.length, header });
  }),
);
const forbidden = fc.tuple(fc.constantFrom(...Object.entries(FORBIDDEN)), index).map(([[name, work], at]) =>
  command(`${name} ${at}`, async (run) => {
    expect(await isRefused(() => work(run, ...given(run, at)))).toBe(true);
  }),
);
const own = fc
  .tuple(fc.constantFrom(...Object.entries(OWN)), index)
  .map(([[name, work], at]) =>
    command(`own ${name} ${at}`, async (run) => void (await isRefused(() => work(run, ...given(run, at))))),
  );
const yes = fc
  .record({ at: index, how: fc.constantFrom('client' as const, 'client' as const, 'now' as const) })
  .map((what) => command(`approve ${JSON.stringify(what)}`, (run) => approve(run, what)));
const others = fc.oneof(
  index.map((at) => command(`deny ${at}`, (run) => deny(run, at))),
  who.map((each) => command(`renew ${each}`, (run) => renew(run, each))),
  who.map((each) => command(`revoke ${each}`, (run) => revoke(run, each))),
  fc.constant(command('expire', expire)),
  fc.constant(command('execute', execute)),
  fc.constant(command('freeze', freeze)),
  fc.constant(command('unfreeze', unfreeze)),
  fc.constantFrom(-5, 5, 20).map((minutes) => command(`clock ${minutes}`, async () => it.wait(minutes * 60_000))),
);

/** Plays a sequence; how often each call arrived. */
async function play(commands: Iterable<fc.AsyncCommand<object, Run>>): Promise<number[]> {
  await it.railway.reset();
  await scene.sql(`update approvals set state = 'cancelled', reopened_at = now() where state <> 'used'`);
  await scene.sql(`update holds set state = 'cancelled', ended_at = now() where state in ('waiting', 'claimed')`);
  it.place.clock.ahead = 60_000 * runs;
  runs += 1;
  const run = new Run();
  for (const each of WHO) await renew(run, each);
  await fc.asyncModelRun(() => ({ model: {}, real: run }), commands);
  await unfreeze(run);
  await execute();
  const arrived = await Promise.all(CALLS.map((_, call) => scene.arrived(run.name + call)));
  for (const [call, most] of run.most.entries()) expect(arrived[call]).toBeLessThanOrEqual(most);
  return arrived;
}

test('no sequence has more sent than was approved by somebody who may', async () => {
  const first = { who: 'client', call: 0, header: 0 } as const;
  const sent = await play([
    command('send', (run) => send(run, first)),
    command('approve', (run) => approve(run, { at: 0, how: 'client' })),
    command('repeat', (run) => send(run, first)),
  ]);
  expect(sent).toEqual([1, 0, 0]);
  const often = { maxCommands: 30, size: 'max' } as const;
  const commands = fc.commands([sends, sends, yes, repeats, repeats, forbidden, own, others], often);
  await fc.assert(
    fc.asyncProperty(commands, async (all) => void (await play(all))),
    { numRuns: 15 },
  );
});
