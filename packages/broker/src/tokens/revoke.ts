import type { InputOf, OutputOf } from '@writ/api';
import { defined, WritError } from '@writ/core';
import {
  clientsGiven,
  type EpochKey,
  findConnection,
  getClient,
  getTask,
  getToken,
  listGrants,
  revokeTokens as revokeRows,
  type TokenSelection,
  type Tx,
} from '@writ/store';
import { change, type EventDraft } from '../audit/record.ts';
import type { Ctx } from '../context.ts';
import { refuseStopped } from '../holds/settle.ts';
import { missing } from '../missing.ts';

type Input = InputOf<'tokens.revoke'>;

/** The tokens to revoke, and the epochs that stop them. */
interface Plan {
  readonly selections: readonly TokenSelection[];
  readonly epochs: readonly EpochKey[];
  readonly about: Partial<EventDraft>;
}

/** Revokes access tokens; when it answers, none of them is good any more, on any broker. Throws `not_found`. */
export async function revokeTokens(ctx: Ctx, input: Input): Promise<OutputOf<'tokens.revoke'>> {
  const { organization_id } = ctx;
  return await change(ctx, async (tx) => {
    const { selections, epochs, about } = await planOf(ctx, tx, input);
    const jtis = new Set<string>();
    for (const selection of selections) {
      for (const jti of await revokeRows(tx, { organization_id, now: ctx.now(), selection })) jtis.add(jti);
    }
    const { data } = about;
    const held = await refuseStopped(tx, organization_id);
    const revoked: EventDraft = {
      kind: 'token.revoked',
      result: 'revoked',
      ...about,
      data: { ...data, revoked: jtis.size },
    };
    const happened = [revoked, ...held.happened];
    return { result: { revoked: jtis.size }, happened, changes: held.changes, epochs };
  });
}

async function planOf(ctx: Ctx, tx: Tx, input: Input): Promise<Plan> {
  const { organization_id } = ctx;
  if ('jti' in input) return await planToken(ctx, tx, input.jti);
  if ('task_id' in input) {
    const { task_id } = input;
    const task = await getTask(tx, { organization_id, id: task_id });
    if (task === undefined) throw missing('task', task_id);
    const about = { task_id, client_id: task.client_id };
    return { selections: [{ task_id }], epochs: [{ scope: 'task', subject: task_id }], about };
  }
  if ('client_id' in input) {
    const { client_id } = input;
    if ((await getClient(tx, { organization_id, client_id })) === undefined) throw missing('client', client_id);
    return { selections: [{ client_id }], epochs: [{ scope: 'client', subject: client_id }], about: { client_id } };
  }
  if ('connection' in input) return await planConnection(ctx, tx, input.connection);
  return {
    selections: [{}],
    epochs: [{ scope: 'organization', subject: organization_id }],
    about: { data: { all: true } },
  };
}

async function planToken(ctx: Ctx, tx: Tx, jti: string): Promise<Plan> {
  const token = await getToken(tx, { organization_id: ctx.organization_id, jti });
  if (token === undefined) throw new WritError('not_found', { detail: `There is no token ${jti}.` });
  const { client_id, task_id } = token;
  return {
    selections: [{ jti }],
    // What a human gave to the task with the token ends too.
    epochs: [
      { scope: 'token', subject: jti },
      { scope: 'task', subject: task_id },
    ],
    about: { client_id, task_id, data: { jti } },
  };
}

/** Every token of each client that has a grant on the connection, or to which a human gave something of it: no other can be used there. */
async function planConnection(ctx: Ctx, tx: Tx, slug: string): Promise<Plan> {
  const { organization_id } = ctx;
  const connection = await findConnection(tx, { organization_id, slug });
  if (connection === undefined) throw missing('connection', slug);
  const clients = new Set(await clientsGiven(tx, { organization_id, connection: slug }));
  for (let after: string | undefined; ; ) {
    const from = defined({ after });
    const page = await listGrants(tx, { organization_id, connection_id: connection.id, limit: 1000, ...from });
    for (const { client_id } of page.items) clients.add(client_id);
    after = page.next;
    if (after === undefined) break;
  }
  const ids = [...clients].sort();
  const stopped = ids.map((subject): EpochKey => ({ scope: 'client', subject }));
  const epochs: EpochKey[] = [{ scope: 'connection', subject: connection.id }, ...stopped];
  return {
    selections: ids.map((client_id) => ({ client_id })),
    epochs,
    about: { connection: slug, data: { clients: ids.slice(0, 200) } },
  };
}
