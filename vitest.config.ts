import { defineConfig } from 'vitest/config';
import { SHORT_LIVED } from './test/support/broker-process.ts';

// `source` makes every @writ import resolve to TypeScript, so that tests need no build; the others are Vite's own for servers.
const resolve = { conditions: ['source', 'module', 'node', 'development|production'] };

export default defineConfig({
  resolve,
  ssr: { resolve },
  test: {
    pool: 'forks',
    // One more than the cores it is made for: much of a story is waiting for other processes.
    maxWorkers: 3,
    // The embedded database is compiled once: eight openings and 4,800 queries take 4.5 s of computing so, and 5.8 else.
    execArgv: [...SHORT_LIVED],
    // Limits are for what hangs: a slow machine is no failure, and no test asserts a time.
    globalSetup: ['test/support/global-setup.ts'],
    reporters: ['default', './tools/closing-line.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          // Unit tests keep nothing in modules, so that the files of a worker can share what it imported.
          isolate: false,
          include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'product',
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: ['test/clients/**'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        // Pictures of every page: `npm run screenshots`.
        test: {
          name: 'screenshots',
          include: ['test/browser/screenshots.ts'],
          testTimeout: 300_000,
          hookTimeout: 180_000,
        },
      },
      {
        // Other people's clients: `npm run test:clients`. Some install or build theirs first.
        test: {
          name: 'clients',
          include: ['test/clients/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
