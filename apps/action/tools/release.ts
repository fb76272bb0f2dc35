/**
 * `pnpm --filter @writ/action release`: writes what a release of the action holds to `apps/action/dist/release`. Each step is one
 * file with everything in it, because a runner installs nothing.
 */
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const app = fileURLToPath(new URL('..', import.meta.url));

/** Writes the release to a folder, which it empties first. */
export async function writeRelease(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, 'dist'), { recursive: true });
  const modules = await Promise.all(['main', 'post'].map((step) => bundle(step, join(folder, 'dist', `${step}.js`))));
  await writeFile(join(folder, 'THIRD-PARTY-LICENSES.txt'), await licenses(modules.flat()));
  // Else the runner would take the files for CommonJS.
  await writeFile(join(folder, 'package.json'), `${JSON.stringify({ private: true, type: 'module' })}\n`);
  for (const file of ['action.yml', 'README.md']) await copyFile(join(app, file), join(folder, file));
  await copyFile(join(app, '..', '..', 'LICENSE'), join(folder, 'LICENSE'));
}

/** Answers the files that went into it. */
async function bundle(step: string, file: string): Promise<readonly string[]> {
  const build = await rolldown({
    input: join(app, 'src', `${step}.ts`),
    platform: 'node',
    resolve: { conditionNames: ['source', 'node', 'import', 'default'] },
    logLevel: 'warn',
  });
  const { output } = await build.write({ file, format: 'esm', codeSplitting: false });
  await build.close();
  return output[0].moduleIds;
}

/** The licenses of the packages that the files are of, which ask to be passed on with them. Throws an Error where one has none. */
async function licenses(modules: readonly string[]): Promise<string> {
  const folders = modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(id)?.[0] ?? []);
  const texts = [...new Set(folders)].sort().map(async (folder) => {
    const { name, version }: { name: string; version: string } = JSON.parse(
      await readFile(join(folder, 'package.json'), 'utf8'),
    );
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`${name} has no license file.`);
    return `${name} ${version}\n\n${(await readFile(join(folder, file), 'utf8')).trim()}\n`;
  });
  return (await Promise.all(texts)).join(`\n${'-'.repeat(80)}\n\n`);
}

const [, script] = process.argv;
if (script === fileURLToPath(import.meta.url)) await writeRelease(join(app, 'dist', 'release'));
