/**
 * `node apps/cli/tools/bundle.ts`: writes the command line as one file, `apps/cli/dist/writ.js`. Reading some hundred small files
 * would take longer than most commands do.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const app = fileURLToPath(new URL('..', import.meta.url));

/** Writes the command line to a file that needs no other. */
export async function writeBundle(file: string): Promise<void> {
  const build = await rolldown({
    input: join(app, 'src', 'main.ts'),
    platform: 'node',
    resolve: { conditionNames: ['source', 'node', 'import', 'default'] },
    logLevel: 'warn',
  });
  await build.write({ file, format: 'esm', codeSplitting: false });
  await build.close();
}

const [, script] = process.argv;
// Beside what the compiler writes: the program finds the broker's by a path from its own.
if (script === fileURLToPath(import.meta.url)) await writeBundle(join(app, 'dist', 'writ.js'));
