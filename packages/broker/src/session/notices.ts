import type { OutputOf } from '@writ/api';
import { inertLine } from '@writ/core';
import { getUser, type LoggedEvent, prunesSince, recentOfKinds } from '@writ/store';
import type { Ctx, UserActor } from '../context.ts';
import { dataOf } from '../logged/data.ts';
import { CONCERNING_KINDS, concernedBy, OWNERS_KINDS, ownersNotice } from '../logged/owners.ts';
import { timeOut } from '../page.ts';

type Notices = OutputOf<'me.get'>['notices'];

/** How long an owner is told of what another did, in milliseconds. */
const TOLD = 30 * 24 * 3600_000;

/** The most notices of one kind of event. */
const MOST = 20;

/** What a user must know of, the newest first: what concerns them, and for an owner what others did. */
export async function noticesFor(ctx: Ctx<UserActor>): Promise<Notices> {
  const isOwner = ctx.actor.role === 'owner';
  const all = [...(isOwner ? await prunes(ctx) : []), ...(await doings(ctx, isOwner))];
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

/** What others did since this owner is here; of another role only what concerns the user. */
async function doings(ctx: Ctx<UserActor>, isOwner: boolean): Promise<Notices> {
  const { organization_id, store, actor } = ctx;
  const self = await getUser(store.db, { organization_id, id: actor.user_id });
  const since = Math.max(ctx.now() - TOLD, self?.created_at ?? 0);
  const recent = { organization_id, since, limit: MOST };
  const concerning = await recentOfKinds(store.db, {
    ...recent,
    kinds: CONCERNING_KINDS,
    about: ['user_id', actor.user_id],
  });
  const all = isOwner ? await recentOfKinds(store.db, { ...recent, kinds: OWNERS_KINDS }) : [];
  const isOwn = ({ actor: by, kind, event }: LoggedEvent): boolean =>
    by === `user:${actor.user_id}` || (kind === 'user.created' && dataOf(event)['user_id'] === actor.user_id);
  const isConcerned = (event: LoggedEvent): boolean => concernedBy(event) === actor.user_id;
  const events = [...concerning.filter(isConcerned), ...all.filter((event) => !isConcerned(event) && !isOwn(event))];
  const told = await Promise.all(events.map((event) => tell(ctx, event)));
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
