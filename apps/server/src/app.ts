import { ROUTES, type Route } from '@writ/api';
import { makeId, WritError } from '@writ/core';
import { Hono } from 'hono';
import { type AdapterDeps, type App, serveRoute } from './http/adapter.ts';
import type { AnyHandler, Handlers } from './http/handlers.ts';
import { MethodTable } from './http/methods.ts';
import { addOAuth } from './http/oauth.ts';
import { LINK_PAGES, linkPage, THING_PAGES, thingPage } from './http/pages.ts';
import { problemReply, securityHeaders } from './http/reply.ts';
import { createWebPage } from './http/web.ts';

/** Builds the app: every line of the route table through the one adapter, then 405 and 404. */
export function createApp(deps: AdapterDeps, handlers: Handlers): App {
  const app: App = new Hono();
  const methods = new MethodTable();
  for (const [id, route] of Object.entries<Route>(ROUTES)) {
    const path = route.path.replace(/\{(\w+)\}/g, ':$1');
    const serve = serveRoute(deps, { id, route, handler: handlerOf(handlers, id) });
    app.on(route.method, path, (c) =>
      serve({ incoming: c.env.incoming, arrival: deps.arrivalOf(c.env), params: c.req.param() }),
    );
    methods.add(route.path, [route.method]);
  }
  addOAuth(app, deps, methods);
  const web = createWebPage(deps.services);
  // A program that follows a link for people is told the command; a browser gets the page.
  for (const path of LINK_PAGES) {
    app.get(path, async (c) => (await web.document(c)) ?? linkPage(path, deps.services.config));
    methods.add(path, ['GET']);
  }
  for (const page of THING_PAGES) {
    app.get(page.path.replace('{id}', ':id'), async (c) => {
      const id = page.query === undefined ? c.req.param('id') : c.req.query(page.query);
      return (
        (await web.document(c)) ?? thingPage(page, id ?? '', deps.services.config) ?? refuse(deps, 'not_found', {})
      );
    });
    methods.add(page.path, ['GET']);
  }
  app.notFound(
    async (c) =>
      (await web.asset(c)) ??
      (await web.document(c)) ??
      refuseUnserved(deps, { method: c.req.method, allow: methods.allow(c.req.path) }),
  );
  app.onError((error) => {
    deps.services.log.error('request_failed', error);
    return refuse(deps, 'internal', {});
  });
  return app;
}

/** The one place where the types of one route meet those of any: `Handlers` has checked each against its line. */
function handlerOf(handlers: Handlers, id: string): AnyHandler {
  return handlers[id as keyof Handlers] as unknown as AnyHandler;
}

/** A path that is not there, or that does not take the method; what it does take is told to those who ask with `OPTIONS`. */
function refuseUnserved(
  deps: AdapterDeps,
  { method, allow }: { readonly method: string; readonly allow: string | undefined },
): Response {
  if (allow === undefined) return refuse(deps, 'not_found', {});
  const always = securityHeaders(deps.services.config);
  if (method === 'OPTIONS') return new Response(null, { status: 204, headers: { ...always, allow } });
  // A method that the path takes came from its own handler, which found nothing there.
  if (allow.split(', ').includes(method)) return refuse(deps, 'not_found', {});
  return refuse(deps, 'method_not_allowed', { allow });
}

function refuse(
  { services }: AdapterDeps,
  code: 'method_not_allowed' | 'not_found' | 'internal',
  headers: Readonly<Record<string, string>>,
): Response {
  const reply = problemReply(
    services,
    new WritError(code),
    makeId('request', { now: services.now(), randomBytes: services.randomBytes }),
  );
  return new Response(reply.body, { status: reply.status, headers: { ...reply.headers, ...headers } });
}
