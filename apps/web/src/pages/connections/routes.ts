import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { signedInRoute } from '../../shell/routes.ts';

/** What is asked for. */
export const connectionRoutes = [
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'connections',
    component: lazyRouteComponent(() => import('./connections.tsx'), 'ConnectionsPage'),
  }),
] as const;
