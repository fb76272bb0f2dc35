import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { z } from 'zod';
import { signedInRoute } from '../../shell/routes.ts';

const text = z.string().min(1).max(200).optional().catch(undefined);

/** Who may do what. */
export const grantRoutes = [
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'grants',
    validateSearch: z.object({
      client: text,
      connection: text,
      q: text,
      unused: z.boolean().optional().catch(undefined),
    }),
    component: lazyRouteComponent(() => import('./grants.tsx'), 'GrantsPage'),
  }),
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'grants/new',
    validateSearch: z.object({ request: text, client: text, connection: text }),
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
