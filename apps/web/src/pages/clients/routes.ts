import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { signedInRoute } from '../../shell/routes.ts';

/** Who asks. */
export const clientRoutes = [
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'clients',
    component: lazyRouteComponent(() => import('./clients.tsx'), 'ClientsPage'),
  }),
] as const;
