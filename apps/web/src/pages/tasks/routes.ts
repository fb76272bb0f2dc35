import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { signedInRoute } from '../../shell/routes.ts';

/** What tokens were asked for. */
export const taskRoutes = [
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'tasks',
    component: lazyRouteComponent(() => import('./tasks.tsx'), 'TasksPage'),
  }),
] as const;
