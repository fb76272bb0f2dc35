import { createRoute, createRouter, redirect } from '@tanstack/react-router';
import { accountRoutes } from './pages/account/routes.ts';
import { approvalRoutes } from './pages/approvals/routes.ts';
import { clientRoutes } from './pages/clients/routes.ts';
import { connectionRoutes } from './pages/connections/routes.ts';
import { grantRoutes } from './pages/grants/routes.ts';
import { setupRoutes } from './pages/setup/routes.ts';
import { taskRoutes } from './pages/tasks/routes.ts';
import { PageFailed } from './shell/page-failed.tsx';
import { rootRoute, signedInRoute } from './shell/routes.ts';

const homeRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/approvals' });
  },
});

const routeTree = rootRoute.addChildren([
  ...setupRoutes,
  signedInRoute.addChildren([
    homeRoute,
    ...accountRoutes,
    ...approvalRoutes,
    ...clientRoutes,
    ...connectionRoutes,
    ...grantRoutes,
    ...taskRoutes,
  ]),
]);

/** Every address of the page. Each room of `pages/` brings its own; its code is loaded when one of them is opened. */
export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  defaultErrorComponent: PageFailed,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
