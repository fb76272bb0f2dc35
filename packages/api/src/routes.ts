/** The one table of routes: the server's handlers, the typed client and the OpenAPI document all come from it. */
import type { Route } from './route.ts';
import { clientsRoutes } from './routes/clients.ts';
import { connectionsRoutes } from './routes/connections.ts';
import { keysRoutes } from './routes/keys.ts';
import { peopleRoutes } from './routes/people.ts';
import { rulesRoutes } from './routes/rules.ts';
import { systemRoutes } from './routes/system.ts';
import { tokensRoutes } from './routes/tokens.ts';

/** Every endpoint of the admin API, by id. (The OAuth endpoints and the gateway are not JSON in this sense.) */
export const ROUTES = {
  ...peopleRoutes,
  ...connectionsRoutes,
  ...clientsRoutes,
  ...tokensRoutes,
  ...rulesRoutes,
  ...keysRoutes,
  ...systemRoutes,
} as const satisfies Record<string, Route>;
