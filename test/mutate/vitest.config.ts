/** The unit tests of one package, with one source file replaced by a mutant of it. */
import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const resolve = { conditions: ['source', 'module', 'node', 'development|production'] };
const { WRIT_MUTATED_FILE: file = '', WRIT_MUTANT: mutant = '', WRIT_MUTATED_TESTS: tests = '' } = process.env;

export default defineConfig({
  resolve,
  ssr: { resolve },
  plugins: [
    {
      name: 'mutant',
      enforce: 'pre',
      load: (id) => (mutant !== '' && id === file ? readFileSync(mutant, 'utf8') : undefined),
    },
  ],
  test: {
    // It would be the file as it is: the cache does not know of mutants.
    fsModuleCache: false,
    pool: 'forks',
    maxWorkers: 1,
    isolate: false,
    bail: 1,
    include: tests.split(','),
    globalSetup: ['test/mutate/setup.ts'],
    reporters: [['json', { outputFile: process.env['WRIT_MUTANT_RESULT'] }]],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
