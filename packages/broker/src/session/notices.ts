import type { OutputOf } from '@writ/api';
import { inertLine } from '@writ/core';
import { getUser, type LoggedEvent, prunesSince, recentOfKinds } from '@writ/store';
import type { Ctx, UserActor } from '../context.ts';
import { dataOf } from '../logged/data.ts';
import { OWNERS_KINDS, ownersNotice } from '../logged/owners.ts';
import { timeOut } from '../page.ts';

type Notices = OutputOf<'me.get'>['notices'];

/** How long an owner is told of what another did, in milliseconds. */
const TOLD = 30 * 24 * 3600_000;

/** The most notices of one kind of event. */
const MOST = 20;

/** The actions of others that an owner must know of, the newest first. Nothing for other roles. */
export async function noticesFor(ctx: Ctx<UserActor>): Promise<Notices> {
  if (ctx.actor.role !== 'owner') return [];
  const all = [...(await prunes(ctx)), ...(await doings(ctx))];
  return all.sort((a, b) => (a.at < b.at ? 1 : -1));
}

async function prunes(ctx: Ctx<UserActor>): Promise<Notices> {
  const { organization_id, store, actor } = ctx;
  const done = await prunesSince(store.db, { organization_id, since: ctx.now() - TOLD });
  const others = done.filter(({ pruned_by }) => pruned_by !== actor.user_id);
  return await Promise.all(
    others.map(async ({ pruned_by, pruned_at, first_seq, last_seq }) => {
      const who = await nameOf(ctx, pruned_by);
      const detail = `${who} pruned the audit log: what is gone are entries ${first_seq} to ${last_seq}.`;
      return { kind: 'audit_pruned' as const, at: timeOut(pruned_at), detail };
    }),
  );
}

/** What others did since this owner is here. */
async function doings(ctx: Ctx<UserActor>): Promise<Notices> {
  const { organization_id, store, actor } = ctx;
  const self = await getUser(store.db, { organization_id, id: actor.user_id });
  const since = Math.max(ctx.now() - TOLD, self?.created_at ?? 0);
  const events = await recentOfKinds(store.db, { organization_id, kinds: OWNERS_KINDS, since, limit: MOST });
  const isOwn = ({ actor: by, kind, event }: LoggedEvent): boolean =>
    by === `user:${actor.user_id}` || (kind === 'user.created' && dataOf(event)['user_id'] === actor.user_id);
  const others = events.filter((event) => !isOwn(event));
  const told = await Promise.all(others.map((event) => tell(ctx, event)));
  return told.filter((notice) => notice !== undefined);
}

async function tell(ctx: Ctx, event: LoggedEvent): Promise<Notices[number] | undefined> {
  const notice = ownersNotice(event);
  if (notice === undefined) return undefined;
  const { title, facts, undo } = notice;
  const said = [...facts.map(([name, value]) => `${name.toLowerCase()}: ${value}`), `by ${await byWhom(ctx, event)}`];
  const back = undo === undefined ? '' : ` To undo it: ${undo}`;
  return {
    kind: 'owner_told',
    at: timeOut(event.at),
    detail: inertLine(`${title} (${said.join('; ')}).${back}`, 1_000),
  };
}

async function byWhom(ctx: Ctx, { actor }: LoggedEvent): Promise<string> {
  return actor?.startsWith('user:') === true ? await nameOf(ctx, actor.slice('user:'.length)) : (actor ?? 'nobody');
}

async function nameOf({ store, organization_id }: Ctx, id: string): Promise<string> {
  const user = await getUser(store.db, { organization_id, id });
  return user?.email ?? `a user who was removed since (${id})`;
}
