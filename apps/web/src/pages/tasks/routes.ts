import { createRoute } from '@tanstack/react-router';
import { pageLater } from '../../parts/later.ts';
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
    component: pageLater(() => import('./tasks.tsx'), 'TasksPage'),
  }),
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'tasks/$id',
    component: pageLater(() => import('./task.tsx'), 'TaskPage'),
  }),
] as const;
