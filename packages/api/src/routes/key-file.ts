import { changes, reads } from '../guards.ts';
import type { Route } from '../route.ts';
import * as keyFile from '../schemas/key-file.ts';

/** The key that seals the database. */
export const keyFileRoutes = {
  'key_file.get': {
    method: 'GET',
    path: '/api/v1/key-file',
    guard: reads('auditor'),
    response: keyFile.keyFile,
    summary: 'Shows which key the database is sealed with, and whether a copy of its file is kept on another machine.',
  },
  'key_file.put': {
    method: 'PUT',
    path: '/api/v1/key-file',
    guard: changes('admin'),
    body: keyFile.putKeyFile,
    sample: { kek_id: 'local_0011223344556677', copy_kept: true },
    response: keyFile.keyFile,
    summary: 'Remembers whether a copy of the key file is kept on another machine.',
    errors: ['conflict'],
  },
} as const satisfies Record<string, Route>;
