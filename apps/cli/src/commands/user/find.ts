import { nearest } from '@writ/core';
import type { Cli } from '../../cli.ts';
import { EXIT, Failure } from '../../failure.ts';

/** Returns the id of a user named by e-mail address or id. Throws where there is none. */
export async function userId(cli: Cli, named: string): Promise<string> {
  if (!named.includes('@')) return named;
  const { items } = await cli.call('users.list', { limit: 1000 });
  const found = items.find((user) => user.email === named.toLowerCase());
  if (found !== undefined) return found.id;
  const meant = nearest(
    named,
    items.map((user) => user.email),
  );
  throw new Failure(EXIT.failed, `There is no user ${named}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`);
}
