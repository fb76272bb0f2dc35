import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { signedInRoute } from '../../shell/routes.ts';

/** What tokens were asked for. */
export const taskRoutes = [
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'tasks',
    validateSearch: (search: Record<string, unknown>): { status?: 'live' | 'ended'; client?: string } => ({
      ...((search['status'] === 'live' || search['status'] === 'ended') && { status: search['status'] }),
      ...(typeof search['client'] === 'string' && search['client'] !== '' && { client: search['client'] }),
    }),
    component: lazyRouteComponent(() => import('./tasks.tsx'), 'TasksPage'),
  }),
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'tasks/$id',
    component: lazyRouteComponent(() => import('./task.tsx'), 'TaskPage'),
  }),
] as const;
