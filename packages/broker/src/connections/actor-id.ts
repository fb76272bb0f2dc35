import type { AdminActor } from '../context.ts';

/** The id of whoever makes a thing: a user's, or a client's owner's. */
export function actorId(actor: AdminActor): string {
  return actor.kind === 'user' ? actor.user_id : actor.owner_id;
}
