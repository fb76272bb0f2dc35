/** The one table of routes: the server's handlers, the typed client and the OpenAPI document all come from it. */
import type { Route } from './route.ts';
import { allowancesRoutes } from './routes/allowances.ts';
import { approvalsRoutes } from './routes/approvals.ts';
import { auditRoutes } from './routes/audit.ts';
import { backupRoutes } from './routes/backup.ts';
import { clientsRoutes } from './routes/clients.ts';
import { connectionsRoutes } from './routes/connections.ts';
import { environmentsRoutes } from './routes/environments.ts';
import { eventsRoutes } from './routes/events.ts';
import { explainRoutes } from './routes/explain.ts';
import { exposureRoutes } from './routes/exposure.ts';
import { grantsRoutes } from './routes/grants.ts';
import { guardrailsRoutes } from './routes/guardrails.ts';
import { holdsRoutes } from './routes/holds.ts';
import { keyFileRoutes } from './routes/key-file.ts';
import { keysRoutes } from './routes/keys.ts';
import { notificationsRoutes } from './routes/notifications.ts';
import { passkeysRoutes } from './routes/passkeys.ts';
import { refusalsRoutes } from './routes/refusals.ts';
import { selfRoutes } from './routes/self.ts';
import { sessionRoutes } from './routes/session.ts';
import { systemRoutes } from './routes/system.ts';
import { tasksRoutes } from './routes/tasks.ts';
import { usersRoutes } from './routes/users.ts';

/** Every endpoint of the admin API, by id. (The OAuth endpoints and the gateway are not JSON in this sense.) */
export const ROUTES = {
  ...sessionRoutes,
  ...passkeysRoutes,
  ...usersRoutes,
  ...connectionsRoutes,
  ...environmentsRoutes,
  ...clientsRoutes,
  ...grantsRoutes,
  ...refusalsRoutes,
  ...explainRoutes,
  ...exposureRoutes,
  ...selfRoutes,
  ...tasksRoutes,
  ...approvalsRoutes,
  ...allowancesRoutes,
  ...guardrailsRoutes,
  ...holdsRoutes,
  ...auditRoutes,
  ...eventsRoutes,
  ...notificationsRoutes,
  ...backupRoutes,
  ...keysRoutes,
  ...keyFileRoutes,
  ...systemRoutes,
} as const satisfies Record<string, Route>;
