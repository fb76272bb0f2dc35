import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { readConfig } from './config.ts';

function main(): void {
  const config = readConfig();
  const app = new Hono();
  app.get('/healthz', (c) => c.json({ status: 'ok' }));
  const server = serve({ fetch: app.fetch, hostname: config.host, port: config.port }, (address) => {
    process.stdout.write(`Writ listens on http://localhost:${address.port}\n`);
  });
  server.on('error', stop);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => server.close());
}

function stop(error: Error): void {
  process.stderr.write(`writ: ${error.message}\n`);
  process.exitCode = 1;
}

try {
  main();
} catch (error) {
  stop(error instanceof Error ? error : new Error(String(error)));
}
