import { createRootRoute, createRoute } from '@tanstack/react-router';
import { NotThere } from './not-there.tsx';
import { Root, SignedIn } from './root.tsx';

/** Every page. */
export const rootRoute = createRootRoute({ component: Root, notFoundComponent: NotThere });

/** The pages behind a sign-in. */
export const signedInRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'signed-in',
  component: SignedIn,
  notFoundComponent: NotThere,
});
