/** The log of some weeks: calls with their ends, refusals, waits, and the tokens they were made with. */
import { digestOf, type JsonObject } from '@writ/core';
import { type AuditEvent, type IssuedToken, openAuditLog } from '@writ/store';
import type { Seeding } from './seed.ts';
import { nth, type Place, type SeededClient, type SeededGrant } from './world.ts';

/** A task that calls are made for. */
export interface SeededTask {
  readonly id: string;
  readonly client_id: string;
  readonly jti: string;
}

interface World {
  readonly places: readonly Place[];
  readonly clients: readonly SeededClient[];
  readonly grants: readonly SeededGrant[];
  /** When the log ends, milliseconds. */
  readonly until: number;
}

/** What is called, mostly what is harmless. */
const CALLS = [
  ['deployments', 'read'],
  ['service', 'read'],
  ['environment', 'read'],
  ['variables', 'reveal'],
  ['customDomainCreate', 'write'],
  ['deploymentRedeploy', 'write'],
  ['serviceInstanceUpdate', 'execute'],
  ['volumeDelete', 'destroy'],
] as const;

const PURPOSES = ['fix the broken checkout', 'move the domain', 'find out why staging is slow', 'upgrade the database'];

/** How many events make a task, and how many are written together. */
const TASK = 40;
const TOGETHER = 500;

/** Writes as many events as are wanted, evenly over the time until now; answers the tasks, the newest last. */
export async function writeLog(seeding: Seeding, world: World): Promise<readonly SeededTask[]> {
  const { services, clock, sizes } = seeding;
  const { store, organization_id } = services;
  const log = openAuditLog({ driver: store.driver, now: () => clock.at }, { organization_id });
  const step = (world.until - clock.at) / (sizes.events + 1);
  const begun = clock.at;
  const tasks: SeededTask[] = [];
  const events = callsOf(seeding, { ...world, tasks });
  let pending: Promise<unknown>[] = [];
  for (let number = 1; number <= sizes.events; number += 1) {
    clock.at = Math.floor(begun + number * step);
    const { event, issued } = events.next().value;
    pending.push(log.append(event, issued && { epochs: [], instead: () => event, issued }));
    if (pending.length < TOGETHER) continue;
    await Promise.all(pending);
    pending = [];
  }
  await Promise.all(pending);
  return tasks;
}

interface Made {
  readonly event: AuditEvent;
  readonly issued?: IssuedToken;
}

/** Events without end: a token, then calls with it. */
function* callsOf(seeding: Seeding, world: World & { readonly tasks: SeededTask[] }): Generator<Made, never> {
  for (let number = 0; ; ) {
    const grant = nth(world.grants, number * 13);
    const { task, made } = newTask(seeding, { grant, purpose: nth(PURPOSES, number) });
    world.tasks.push(task);
    yield made;
    for (let events = 1; events < TASK; number += 1) {
      const call = callOf(seeding, { grant, task, number });
      yield { event: call };
      events += 1;
      if (call.kind !== 'request.allowed') continue;
      yield {
        event: { ...call, kind: 'request.ended', result: 'answered', data: { status: 200, broker: 'brk_seed' } },
      };
      events += 1;
    }
  }
}

function newTask(
  { services, clock, id }: Seeding,
  { grant, purpose }: { readonly grant: SeededGrant; readonly purpose: string },
): { readonly task: SeededTask; readonly made: Made } {
  const { organization_id, config } = services;
  const { client_id } = grant;
  const task = { id: id('task'), client_id, jti: id('token') };
  const times = { created_at: clock.at, last_token_at: clock.at, ends_at: clock.at + 86_400_000 };
  const life = { issued_at: clock.at, expires_at: clock.at + 900_000 };
  const { jti } = task;
  const kid = 'seeded';
  return {
    task,
    made: {
      event: {
        kind: 'token.issued',
        actor: `client:${client_id}`,
        client_id,
        task_id: task.id,
        result: 'issued',
        request_id: id('request'),
        data: { jti, kid, purpose, grant_ids: [grant.id] },
      },
      issued: {
        begins_task: true,
        task: { organization_id, id: task.id, client_id, purpose, ...times },
        token: {
          ...{ organization_id, jti, client_id, task_id: task.id, kid, aud: `${config.publicUrl}/gateway`, ...life },
          ...{ details: null, parent_jti: null, act_chain: [], cnf: null },
        },
      },
    },
  };
}

/** One decided call: of ten, eight are allowed, one is refused, and one waits. */
function callOf(
  { id }: Seeding,
  { grant, task, number }: { readonly grant: SeededGrant; readonly task: SeededTask; readonly number: number },
): AuditEvent {
  const [name, effect] = nth(CALLS, number * 3 + Math.floor(number / 50));
  const target = `service:s_${grant.place.slug}_${number % 40}`;
  const operation = { name, effect, environments: [grant.environment], targets: [target], arguments: { id: target } };
  const kind = nth(['allowed', 'allowed', 'allowed', 'refused', 'allowed', 'allowed', 'waiting'], number);
  const results = {
    allowed: 'allowed',
    refused: 'operation_not_granted',
    waiting: nth(['approval_required', 'held'], number),
  };
  const reason = {
    operation: name,
    effect,
    environment: grant.environment,
    rule: 'operation_not_granted',
    link: 'grants',
  };
  const data: JsonObject = {
    ...{
      jti: task.jti,
      kid: 'seeded',
      act_chain: [],
      grant_ids: [grant.id],
      operations: [operation],
      operation_count: 1,
    },
    ...{ decision: { result: kind, approve: kind === 'waiting', hold_minutes: 0 }, catalog_version: 'seeded' },
    ...{ reasons: kind === 'refused' ? [{ ...reason, subject: grant.client_id }] : [], broker: 'brk_seed' },
    digest: digestOf([task.id, number]),
  };
  return {
    kind: `request.${kind}`,
    actor: `client:${grant.client_id}`,
    client_id: grant.client_id,
    task_id: task.id,
    connection: grant.place.slug,
    operations: number % 25 === 0 ? [name, 'project'] : [name],
    result: results[kind as keyof typeof results],
    request_id: id('request'),
    data,
  };
}
