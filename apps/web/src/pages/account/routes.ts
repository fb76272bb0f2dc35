import { createRoute } from '@tanstack/react-router';
import { pageLater } from '../../parts/later.ts';
import { signedInRoute } from '../../shell/routes.ts';

/** The person's own account, the other people, and what is frozen. */
export const accountRoutes = [
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'account',
    component: pageLater(() => import('./account.tsx'), 'AccountPage'),
  }),
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'people',
    component: pageLater(() => import('./people.tsx'), 'PeoplePage'),
  }),
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'freeze',
    component: pageLater(() => import('./freezes.tsx'), 'FreezesPage'),
  }),
] as const;
