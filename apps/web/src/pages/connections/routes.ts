import { createRoute } from '@tanstack/react-router';
import { defined } from '@writ/core';
import { text } from '../../parts/address.ts';
import { pageLater } from '../../parts/later.ts';
import { signedInRoute } from '../../shell/routes.ts';

/** Search parameters that are there; all others are dropped from the address. */
type Search<Name extends string> = { readonly [Each in Name]?: string };

/** The pages of the connections: the accounts at providers that clients reach. */
export const connectionRoutes = [
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'connections',
    component: pageLater(() => import('./connections.tsx'), 'ConnectionsPage'),
  }),
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'connections/new',
    // `connection`: it is added already; what is left is to verify it and to name its environments.
    validateSearch: ({ provider, connection }: Record<string, unknown>): Search<'provider' | 'connection'> =>
      defined({ provider: text(provider), connection: text(connection) }),
    component: pageLater(() => import('./new.tsx'), 'NewConnectionPage'),
  }),
  createRoute({
    getParentRoute: () => signedInRoute,
    path: 'connections/$slug',
    // `rule`: the guardrail that somebody was sent to, as `ruleAddress` has it.
    validateSearch: ({ tab, rule }: Record<string, unknown>): Search<'tab' | 'rule'> =>
      defined({ tab: text(tab), rule: text(rule) }),
    component: pageLater(() => import('./connection.tsx'), 'ConnectionPage'),
  }),
] as const;
