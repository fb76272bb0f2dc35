import { useApi } from '../api/queries.ts';
import { Id } from './copy.tsx';
import { Inert } from './inert.tsx';

interface PersonProps {
  /** The user's id, alone or as an actor: `user:usr_...`. */
  readonly id: string;
  /** What the id is where there is no such user, as a client that made a grant: `the maker's id`. */
  readonly what: string;
}

/** A user by name; whatever else it is, as it is. */
export function Person({ id: actor, what }: PersonProps) {
  const id = actor.replace(/^user:/, '');
  const users = useApi('users.list', { limit: 1000 });
  const user = users.data?.items.find((each) => each.id === id);
  return user === undefined ? <Id id={id} what={what} /> : <Inert text={user.name} />;
}
