/** What a person is shown of a request before saying yes (model#blast-radius). */
import type { Shown } from '@writ/api';
import {
  type Described,
  defined,
  type Guardrail,
  inertLine,
  namedIn,
  type ResolvedOperation,
  sha256Hex,
} from '@writ/core';
import { addressOf } from '@writ/gateway';
import { type Approval, findPrevious, getClient, getTask, getUser } from '@writ/store';
import type { Services } from '../context.ts';
import { describedView } from '../explain/described.ts';
import { lastCalls } from '../explain/last-calls.ts';
import { recentRenames } from '../explain/recent-renames.ts';
import { reasonView } from '../explain/view.ts';
import { timeOut } from '../page.ts';
import type { DecidedRequest } from '../record/digest.ts';
import { HiddenValues, shownArguments, shownHeaders } from '../record/secrets.ts';
import { confirmOf } from './confirm.ts';
import { leftOut } from './left-out.ts';

/** The most items of each list. */
const MOST = 500;
const CALLS = 5;

/** A request that is to be shown, with what the provider says of it. */
export interface ShownRequest {
  readonly request: DecidedRequest;
  readonly described: Described;
  /** The approval it becomes. */
  readonly approval: Pick<Approval, 'organization_id' | 'id' | 'subject' | 'digest'>;
}

/** Everything that is shown. */
export async function shownOf(services: Services, { request, described, approval }: ShownRequest): Promise<Shown> {
  const { caller, decision, resolved } = request;
  const { client_id, task_id } = caller;
  const targets = namedIn(described);
  const clients = [client_id, ...caller.act_chain];
  const [asked_by, task, last_calls, renames, carriedOut] = await Promise.all([
    askedBy(services, client_id),
    getTask(services.store.db, { organization_id: services.organization_id, id: task_id }),
    shownCalls(services, task_id),
    Promise.all(clients.map((each) => recentRenames(services, { client_id: each, targets }))),
    findPrevious(services.store.db, { organization_id: services.organization_id, of: [approval] }),
  ]);
  const previous = carriedOut.get(approval.id);
  const view = describedView(described);
  const left_out = leftOut(resolved.operations, described);
  const hidden = new HiddenValues(resolved.operations);
  return {
    request: requestView(request, hidden),
    operations: resolved.operations.slice(0, MOST).map((operation) => operationView(operation, { described, hidden })),
    ...(left_out > 0 && { left_out }),
    reasons: decision.reasons.slice(0, MOST).map(reasonView),
    rules: rulesOf(request),
    blast_radius: view,
    confirm: confirmOf(resolved.operations, described),
    stored_state: view.stored_state,
    asked_by,
    task: shownTask(task_id, task?.purpose ?? null),
    act_chain: [...caller.act_chain],
    last_calls,
    recent_renames: renames.flatMap(({ items }) => items),
    recent_renames_more: renames.reduce((sum, { more }) => sum + more, 0),
    previous: previous === undefined ? null : { ...previous, at: timeOut(previous.at) },
  };
}

function requestView({ connection, resolved }: DecidedRequest, hidden: HiddenValues): Shown['request'] {
  const { forward } = resolved.classified;
  return {
    method: forward.method,
    path: hidden.text(forward.path),
    query: hidden.text(forward.query),
    headers: shownHeaders(forward, hidden),
    body: hidden.body(forward.body),
    body_bytes: forward.body.length,
    body_sha256: hidden.any ? null : sha256Hex(forward.body),
    origin: addressOf(connection, forward)?.origin ?? connection.origin,
  };
}

/** An operation, with the names of its targets as the provider reports them now. */
function operationView(
  operation: ResolvedOperation,
  { described, hidden }: { readonly described: Described; readonly hidden: HiddenValues },
): Shown['operations'][number] {
  const names = new Map(described.targets.map(({ kind, id, name }) => [`${kind}:${id}`, name]));
  const { name, effect, base_effect, targets, environments } = operation;
  return {
    name: inertLine(name, 200),
    effect,
    base_effect,
    arguments: shownArguments(operation, hidden),
    targets: targets.slice(0, MOST).map((target) => {
      const called = names.get(`${target.kind}:${target.id}`) ?? target.name;
      return {
        kind: target.kind,
        id: inertLine(target.id, 300),
        ...defined({ name: called && inertLine(called, 200) }),
      };
    }),
    environments: environments.map(({ slug, kind }) => ({ slug, kind })),
  };
}

/** The guardrails that want the yes. */
function rulesOf({ decision }: DecidedRequest): Guardrail[] {
  const rules = new Set(decision.pairs.filter(({ approve }) => approve).flatMap((pair) => pair.rules));
  return [...rules].map((rule) => ({ ...rule }));
}

/** Who asks, and on behalf of whom. */
export async function askedBy(
  { organization_id, store }: Pick<Services, 'organization_id' | 'store'>,
  client_id: string,
): Promise<Shown['asked_by']> {
  const client = await getClient(store.db, { organization_id, client_id });
  const owner = client && (await getUser(store.db, { organization_id, id: client.owner_id }));
  return {
    client_id,
    name: inertLine(client?.name ?? client_id, 200),
    kind: client?.kind ?? '',
    owner: inertLine(owner?.name ?? '', 200),
  };
}

/** The task, with what its client says it is for. */
export function shownTask(id: string, purpose: string | null): Shown['task'] {
  return { id, purpose: purpose === null ? null : inertLine(purpose, 200) };
}

/** The last calls of a task. */
export async function shownCalls(services: Services, task_id: string): Promise<Shown['last_calls']> {
  return await lastCalls(services, { task_id, most: CALLS });
}
