import { createRoute } from '@tanstack/react-router';
import { defined } from '@writ/core';
import { text } from '../../parts/address.ts';
import { pageLater } from '../../parts/later.ts';
import { signedInRoute } from '../../shell/routes.ts';

/** The pages of the clients: the agents and jobs that ask for tokens. */
export const clientRoutes = [
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'clients',
    component: pageLater(() => import('./clients.tsx'), 'ClientsPage'),
  }),
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'clients/new',
    component: pageLater(() => import('./new.tsx'), 'NewClientPage'),
  }),
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'clients/$id',
    validateSearch: ({ tab }: Record<string, unknown>): { readonly tab?: string } => defined({ tab: text(tab) }),
    component: pageLater(() => import('./show.tsx'), 'ClientPage'),
  }),
] as const;
