import { asserted, reads } from '../guards.ts';
import type { Route } from '../route.ts';
import * as backup from '../schemas/backup.ts';

/** Backups of the whole database. */
export const backupRoutes = {
  'backup.get': {
    method: 'GET',
    path: '/api/v1/backup',
    guard: reads('admin'),
    response: backup.backups,
    summary: 'Tells of the backups that Writ makes by itself: where, and when the last was made.',
  },
  'backup.make': {
    method: 'POST',
    path: '/api/v1/backup',
    guard: asserted('owner'),
    response: 'ndjson',
    summary: 'Streams a backup of the whole database, as it is at this moment, everything secret sealed as it is.',
    errors: ['conflict'],
  },
} as const satisfies Record<string, Route>;
