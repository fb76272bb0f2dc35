/** Calls of routes by what the table says of them. */
import { ROUTES, type Route } from '@writ/api';
import type { Answer, Scene } from '../support/scene.ts';

export const routes: readonly (readonly [id: string, route: Route])[] = Object.entries<Route>(ROUTES);

/** Calls a route with plausible parts, and the headers as its proof. */
export function callRoute(
  scene: Scene,
  route: Route,
  proof: { headers: Record<string, string>; body?: object },
): Promise<Answer> {
  const { headers, body = {} } = proof;
  const path = route.path
    .replace('{connection}', 'railway')
    .replace('{environment}', 'staging')
    .replace(/\{\w+\}/g, 'nothing');
  if (route.method === 'GET') return scene.send(path, { headers });
  const all = { 'content-type': 'application/json', ...headers };
  return scene.send(path, { method: route.method, headers: all, body: JSON.stringify(body) });
}

/** The header of a bearer. */
export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** The code a call of the API was refused with, or `done`. */
export const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: { code?: string }) => error.code,
  );
