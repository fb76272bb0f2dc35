import type { Command } from 'commander';
import { runServer } from '../../server-process.ts';
import { verb } from '../command.ts';

/** `writ serve`: the broker itself, in this terminal. */
export function serve(): Command {
  return verb('serve', {
    summary: 'Starts the broker, and stays until it ends.',
    examples: ['writ serve', 'WRIT_PORT=8800 writ serve', 'DATABASE_URL=postgres://writ@db.internal/writ writ serve'],
    notes: `It reads its settings from the environment; each is told when it is wrong.\n${SETTINGS}`,
  }).action(async () => {
    process.exitCode = await runServer([]);
  });
}

const SETTINGS = `
  WRIT_DATA_DIR           folder of the embedded database
                          (default ~/.local/share/writ)
  DATABASE_URL            a Postgres to use in its place
  WRIT_KEY_FILE           the key that seals everything
                          (default ~/.config/writ/key)
  WRIT_BACKUP_DIR         folder of the daily backups, or off (default: the
                          data folder's name with .backups; on Postgres off)
  WRIT_HOST, WRIT_PORT    where it listens (default 127.0.0.1, 8700)
  WRIT_PUBLIC_URL         its address for others (default http://localhost:8700)
  WRIT_TLS_CERT, WRIT_TLS_KEY
                          PEM files to serve https with
  WRIT_PLAIN_HTTP         published-on-loopback: listening on all addresses
                          without TLS is meant, as in docker-compose.yml
  WRIT_GATEWAY_DOMAIN     gw.example.com: CONNECTION.gw.example.com is the
                          gateway too
  WRIT_PRIVATE_UPSTREAMS  host:port of providers on private addresses
  WRIT_TRUSTED_PROXIES    addresses whose X-Forwarded-For and Forwarded count
  WRIT_DPOP_NONCES        required, or off (default)
  WRIT_SMTP_URL           mail server, such as smtps://user:password@host:465
  WRIT_MAIL_FROM          address that mails are from
  WRIT_LOG                text (default on a terminal) or json (default else)
  WRIT_SETUP_TOKEN        the one-time set-up token, 8 characters or more`;
