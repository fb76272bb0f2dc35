import { createRoute } from '@tanstack/react-router';
import { pageLater } from '../../parts/later.ts';
import { rootRoute } from '../../shell/routes.ts';

/** Where one-time links lead: nobody need be signed in here. */
export const setupRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: 'setup',
    component: pageLater(() => import('./setup.tsx'), 'SetupPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: 'accept',
    component: pageLater(() => import('./accept.tsx'), 'AcceptPage'),
  }),
] as const;
