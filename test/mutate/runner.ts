/** The process in which mutants are tried: one Vitest that stays, told a mutant's text at a time. It may hang; who started it ends it. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createVitest } from 'vitest/node';
import { root } from '../support/sources.ts';

/** What is tried: a source file, and the test files that judge its mutants. */
export interface Trial {
  /** An absolute path. */
  readonly file: string;
  /** Relative to the checkout. */
  readonly tests: readonly string[];
  /** The Postgres that the tests share. */
  readonly database: string;
}

const resolve = { conditions: ['source', 'module', 'node', 'development|production'] };

/** Answers each text that the parent sends (`null` for the file as it is) by whether the tests pass with it. */
async function serve({ file, tests, database }: Trial): Promise<void> {
  let mutant: string | null = null;
  const load = (id: string): string | undefined => (id === file ? (mutant ?? undefined) : undefined);
  const vitest = await createVitest(
    'test',
    {
      root,
      config: false,
      watch: true,
      // It would be the file as it is: the cache does not know of mutants.
      fsModuleCache: false,
      pool: 'forks',
      maxWorkers: 1,
      isolate: false,
      bail: 1,
      include: [...tests],
      reporters: [{}],
      testTimeout: 30_000,
      hookTimeout: 60_000,
      provide: { postgresUrl: database, postgresPrefix: `writ_test_${randomBytes(4).toString('hex')}_` },
    },
    { resolve, ssr: { resolve }, server: { watch: null }, plugins: [{ name: 'mutant', enforce: 'pre', load }] },
  );
  await vitest.standalone();
  const specifications = await vitest.globTestSpecifications();
  process.on('message', async (text: string | null) => {
    mutant = text;
    vitest.invalidateFile(file);
    const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications, true);
    process.send?.(unhandledErrors.length === 0 && testModules.every((module) => module.ok()));
  });
  process.send?.('ready');
}

const [trial] = await once(process, 'message');
await serve(trial as Trial);
