import { createRoute } from '@tanstack/react-router';
import { text } from '../../parts/address.ts';
import { pageLater } from '../../parts/later.ts';
import { signedInRoute } from '../../shell/routes.ts';
import { inboxSearch } from './search.ts';

/** What waits for a person, what waits for its time, and what owners are told of. */
export const approvalRoutes = [
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'approvals',
    validateSearch: inboxSearch,
    component: pageLater(() => import('./inbox.tsx'), 'InboxPage'),
  }),
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'approvals/$id',
    component: pageLater(() => import('./approval.tsx'), 'ApprovalPage'),
  }),
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'holds/$id',
    component: pageLater(() => import('./hold.tsx'), 'HoldPage'),
  }),
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'guardrails/undo',
    validateSearch: ({ request }: Record<string, unknown>) => ({ request: text(request) ?? '' }),
    component: pageLater(() => import('./undo.tsx'), 'UndoPage'),
  }),
] as const;
