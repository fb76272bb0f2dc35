import { useApi } from '../api/queries.ts';
import { Id } from './copy.tsx';
import { Inert } from './inert.tsx';

interface PersonProps {
  readonly id: string;
  /** What the id is where there is no such user, as a client that made a grant: `the maker's id`. */
  readonly what: string;
}

/** A user by name; whatever else it is, as it is. */
export function Person({ id, what }: PersonProps) {
  const users = useApi('users.list', { limit: 1000 });
  const user = users.data?.items.find((each) => each.id === id);
  return user === undefined ? <Id id={id} what={what} /> : <Inert text={user.name} />;
}
