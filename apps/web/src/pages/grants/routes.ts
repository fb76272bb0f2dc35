import { createRoute } from '@tanstack/react-router';
import { text } from '../../parts/address.ts';
import { pageLater } from '../../parts/later.ts';
import { signedInRoute } from '../../shell/routes.ts';
import type { Begun, Listed, Query } from './address.ts';

/** The pages of the grants: what each client may ask for. */
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
    component: pageLater(() => import('./grants.tsx'), 'GrantsPage'),
  }),
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'grants/new',
    validateSearch: ({ request, client, connection }: Query): Begun => ({
      request: text(request),
      client: text(client),
      connection: text(connection),
    }),
    component: pageLater(() => import('./new.tsx'), 'NewGrantPage'),
  }),
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'grants/$id',
    component: pageLater(() => import('./show.tsx'), 'GrantPage'),
  }),
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'grants/$id/edit',
    component: pageLater(() => import('./edit.tsx'), 'EditGrantPage'),
  }),
] as const;
