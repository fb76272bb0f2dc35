import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { signedInRoute } from '../../shell/routes.ts';
import { inboxSearch } from './search.ts';

/** What waits for a person, what waits for its time, and what owners are told of. */
export const approvalRoutes = [
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'approvals',
    validateSearch: inboxSearch,
    component: lazyRouteComponent(() => import('./inbox.tsx'), 'InboxPage'),
  }),
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'approvals/$id',
    component: lazyRouteComponent(() => import('./approval.tsx'), 'ApprovalPage'),
  }),
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'holds/$id',
    component: lazyRouteComponent(() => import('./hold.tsx'), 'HoldPage'),
  }),
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'guardrails/undo',
    validateSearch: (search: Record<string, unknown>) => ({ request: String(search['request'] ?? '') }),
    component: lazyRouteComponent(() => import('./undo.tsx'), 'UndoPage'),
  }),
] as const;
