/** The handler of each route: the broker's verb, except where a browser's cookie or this process itself is concerned. */
import { openApiDocument } from '@writ/api';
import { createSession, deleteSession, type SignedIn, setUp, verbs } from '@writ/broker';
import { WritError } from '@writ/core';
import type { Handlers, ReplyTools } from './http/handlers.ts';

/** What the handlers need besides the verbs. */
export interface HandlerDeps {
  readonly publicUrl: string;
  readonly version: string;
  /** False from the moment the process was told to stop, and while its clock cannot be trusted. */
  readonly isReady: () => boolean;
}

/** Makes the table of handlers. */
export function createHandlers(deps: HandlerDeps): Handlers {
  let document: ReturnType<typeof openApiDocument> | undefined;
  return {
    ...verbs,
    'setup.create': async (ctx, input, tools) => handOut(await setUp(ctx, input), tools),
    'session.create': async (ctx, input, tools) => handOut(await createSession(ctx, input), tools),
    'session.delete': async (ctx, _input, tools) => {
      tools.clearSession();
      return await deleteSession(ctx, {});
    },
    'system.healthz': async () => ({ status: 'ok' }),
    'system.readyz': async (ctx) => {
      if (!deps.isReady()) throw new WritError('unavailable');
      await ctx.store.ping();
      return { status: 'ok', database: 'ok' };
    },
    // Made when it is first asked for: a start, of which many never are, would take a quarter longer.
    'system.openapi': async () => {
      document ??= Object.freeze(openApiDocument(deps));
      return document;
    },
  };
}

/** Hands out a session: to a browser as a cookie, which no script can read, to a command in the body. */
function handOut({ shown, token, life, client }: SignedIn, tools: ReplyTools) {
  if (client === 'cli') return { ...shown, session_token: token.expose() };
  tools.setSession(token, life);
  return shown;
}
