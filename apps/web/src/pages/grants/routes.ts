import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { signedInRoute } from '../../shell/routes.ts';

/** A text of an address's query; undefined for anything else, since addresses are typed and sent around. */
function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 200 ? value : undefined;
}

type Query = Record<string, unknown>;

/** Which grants are listed. */
export interface Listed {
  readonly client?: string | undefined;
  readonly connection?: string | undefined;
  readonly q?: string | undefined;
  readonly unused?: boolean | undefined;
}

/** What a new grant begins with. */
export interface Begun {
  readonly request?: string | undefined;
  readonly client?: string | undefined;
  readonly connection?: string | undefined;
}

/** Who may do what. */
export const grantRoutes = [
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'grants',
    validateSearch: ({ client, connection, q, unused }: Query): Listed => ({
      client: text(client),
      connection: text(connection),
      q: text(q),
      unused: unused === true ? true : undefined,
    }),
    component: lazyRouteComponent(() => import('./grants.tsx'), 'GrantsPage'),
  }),
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'grants/new',
    validateSearch: ({ request, client, connection }: Query): Begun => ({
      request: text(request),
      client: text(client),
      connection: text(connection),
    }),
    component: lazyRouteComponent(() => import('./new.tsx'), 'NewGrantPage'),
  }),
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'grants/$id',
    component: lazyRouteComponent(() => import('./show.tsx'), 'GrantPage'),
  }),
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'grants/$id/edit',
    component: lazyRouteComponent(() => import('./edit.tsx'), 'EditGrantPage'),
  }),
] as const;
