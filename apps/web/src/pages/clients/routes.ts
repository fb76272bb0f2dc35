import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { signedInRoute } from '../../shell/routes.ts';

/** Who asks. */
export const clientRoutes = [
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'clients',
    component: lazyRouteComponent(() => import('./clients.tsx'), 'ClientsPage'),
  }),
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'clients/new',
    component: lazyRouteComponent(() => import('./new.tsx'), 'NewClientPage'),
  }),
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'clients/$id',
    component: lazyRouteComponent(() => import('./show.tsx'), 'ClientPage'),
  }),
] as const;
