/**
 * `pnpm --filter @writ/action release`: writes what a release of the action holds to `apps/action/dist/release`. Each step is one
 * file with everything in it, because a runner installs nothing.
 */
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const app = fileURLToPath(new URL('..', import.meta.url));

/** Writes the release to a folder, which it empties first. */
export async function writeRelease(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, 'dist'), { recursive: true });
  for (const step of ['main', 'post']) await bundle(step, join(folder, 'dist', `${step}.js`));
  // Else the runner would take the files for CommonJS.
  await writeFile(join(folder, 'package.json'), `${JSON.stringify({ private: true, type: 'module' })}\n`);
  for (const file of ['action.yml', 'README.md']) await copyFile(join(app, file), join(folder, file));
  await copyFile(join(app, '..', '..', 'LICENSE'), join(folder, 'LICENSE'));
}

async function bundle(step: string, file: string): Promise<void> {
  const build = await rolldown({
    input: join(app, 'src', `${step}.ts`),
    platform: 'node',
    resolve: { conditionNames: ['source', 'node', 'import', 'default'] },
    logLevel: 'warn',
  });
  await build.write({ file, format: 'esm', codeSplitting: false });
  await build.close();
}

const [, script] = process.argv;
if (script === fileURLToPath(import.meta.url)) await writeRelease(join(app, 'dist', 'release'));
