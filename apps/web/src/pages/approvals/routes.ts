import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { signedInRoute } from '../../shell/routes.ts';

/** What waits for a person. */
export const approvalRoutes = [
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'approvals',
    component: lazyRouteComponent(() => import('./inbox.tsx'), 'InboxPage'),
  }),
] as const;
