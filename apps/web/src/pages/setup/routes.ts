import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../shell/routes.ts';

/** Where one-time links lead: nobody need be signed in here. */
export const setupRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: 'setup',
    component: lazyRouteComponent(() => import('./setup.tsx'), 'SetupPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: 'accept',
    component: lazyRouteComponent(() => import('./accept.tsx'), 'AcceptPage'),
  }),
] as const;
