import type { Command } from 'commander';
import { runServer } from '../../server-process.ts';
import { verb } from '../command.ts';

/** `writ serve`: the broker itself, in this terminal. */
export function serve(): Command {
  return verb('serve', {
    summary: 'Starts the broker, and stays until it ends.',
    examples: ['writ serve', 'WRIT_PORT=8800 writ serve', 'DATABASE_URL=postgres://writ@db.internal/writ writ serve'],
    notes:
      'It reads its settings from the environment: WRIT_DATA_DIR, DATABASE_URL, WRIT_KEY_FILE, WRIT_PUBLIC_URL,\nWRIT_HOST, WRIT_PORT, WRIT_TLS_CERT, WRIT_TLS_KEY, WRIT_PRIVATE_UPSTREAMS, WRIT_TRUSTED_PROXIES, WRIT_SETUP_TOKEN.',
  }).action(async () => {
    process.exitCode = await runServer([]);
  });
}
