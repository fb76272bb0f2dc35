import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { signedInRoute } from '../../shell/routes.ts';

/** Who may do what. */
export const grantRoutes = [
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'grants',
    component: lazyRouteComponent(() => import('./grants.tsx'), 'GrantsPage'),
  }),
] as const;
