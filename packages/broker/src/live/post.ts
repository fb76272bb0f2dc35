import { type Dispatch, fetchBody } from '@writ/gateway';
import type { BaseServices } from '../context.ts';
import type { Post } from '../live.ts';
import { mayBePrivate } from './connections.ts';

/** How long an answer may take, and how much of it is read: nothing of it is used but the status. */
const LIMITS = { most_ms: 10_000, most_bytes: 64 * 1024 };

/** Makes what sends messages: each address is checked as it is dialled, and no redirect is followed. */
export function createPost(dispatch: Dispatch, services: Pick<BaseServices, 'config'>): Post {
  return async (url, { headers, body }) => {
    const { origin, pathname, search } = new URL(url);
    const own = { 'content-type': 'application/json', 'accept-encoding': 'identity', 'user-agent': 'Writ' };
    const request = {
      target: { origin, allow_private: mayBePrivate(services, origin) },
      options: {
        origin,
        path: `${pathname}${search}`,
        method: 'POST' as const,
        headers: { ...own, ...headers },
        body: Buffer.from(body),
      },
    };
    return (await fetchBody(dispatch, request, LIMITS)).status;
  };
}
