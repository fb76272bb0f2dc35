import type { AdminActor } from '../context.ts';

/** The id of the user who makes a thing; for a client, that of its owner. */
export function actorId(actor: AdminActor): string {
  return actor.kind === 'user' ? actor.user_id : actor.owner_id;
}
