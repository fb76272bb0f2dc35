/**
 * `node tools/bundle.ts`: writes the broker and the command line, each as one file, beside the broker a database with nothing in it, and the
 * admin page.
 * Reading hundreds of small files takes longer than most commands do, and most of a broker's start; making a database longer still.
 */
import { execFile } from 'node:child_process';
import { readdir, rename, stat, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** A program that is made one file of. */
export interface Program {
  readonly source: string;
  readonly file: string;
  /** Packages that bring files of their own, which a bundle would lose. They stand in the app's `package.json`. */
  readonly external: readonly string[];
}

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** The programs of this checkout, by their app. */
export const programs = {
  server: {
    source: at('apps/server/src/main.ts'),
    file: at('apps/server/dist/writ-server.js'),
    external: ['@electric-sql/pglite', '@electric-sql/pglite/nodefs', '@node-rs/argon2'],
  },
  cli: { source: at('apps/cli/src/main.ts'), file: at('apps/cli/dist/writ.js'), external: [] },
} satisfies Record<string, Program>;

/** What the broker begins a new embedded database with. */
export const newDatabase = at('apps/server/dist/postgres.tar.gz');

/**
 * Writes a program to a file that needs no other but its externals, unless it is newer than all sources. Who runs the file meanwhile has
 * the old one or the new one.
 */
export async function writeProgram({ source, file, external }: Program): Promise<void> {
  await unlessNewer(file, [dirname(source), ...(await packageSources())], async () => {
    // Here alone: the tests ask this file where the programs are, too.
    const { rolldown } = await import('rolldown');
    const build = await rolldown({
      input: source,
      external: [...external],
      platform: 'node',
      resolve: { conditionNames: ['source', 'node', 'import', 'default'] },
      logLevel: 'warn',
    });
    const unfinished = `${file}.${process.pid}`;
    await build.write({ file: unfinished, format: 'esm', codeSplitting: false });
    await build.close();
    await rename(unfinished, file);
  });
}

async function packageSources(): Promise<readonly string[]> {
  const names = await readdir(at('packages'));
  return names.map((name) => at(`packages/${name}/src`));
}

/** Writes the database that an embedded one begins with. */
async function writeDatabase(): Promise<void> {
  const tool = at('packages/store/tools/pack-database.ts');
  await unlessNewer(newDatabase, [tool], async () => {
    const { packDatabase } = await import('../packages/store/tools/pack-database.ts');
    await packDatabase(newDatabase);
  });
}

const web = at('apps/web');

/** Builds the admin page. */
async function writePage(): Promise<void> {
  const own = ['index.html', 'vite.config.ts', 'src', 'public'].map((path) => `${web}/${path}`);
  const sources = [...own, at('packages/core/src'), at('packages/api/src')];
  await unlessNewer(`${web}/dist/page/index.html`, sources, async () => {
    // The tests run this too, under an environment in which React would be the one for developers.
    const env = { ...process.env, NODE_ENV: 'production' };
    await promisify(execFile)(process.execPath, [`${web}/node_modules/vite/bin/vite.js`, 'build', web], { env });
  });
}

/** Does the work that writes a file, unless the file is newer than its sources, what is installed, and this very file. */
async function unlessNewer(file: string, sources: readonly string[], write: () => Promise<void>): Promise<void> {
  const written = await stat(file).catch(() => undefined);
  const always = [at('pnpm-lock.yaml'), fileURLToPath(import.meta.url)];
  const changes = await Promise.all([...sources, ...always].map(lastChange));
  if (written !== undefined && Math.max(...changes) < written.mtimeMs) return;
  const began = new Date();
  await write();
  // What is changed while it is being read is newer than the file, too.
  await utimes(file, began, began);
}

/** When a file, or one below a folder, was last changed, in milliseconds. A file that is gone has changed its folder. */
async function lastChange(path: string): Promise<number> {
  const { mtimeMs } = await stat(path);
  const names = await readdir(path, { recursive: true }).catch(() => []);
  const stats = await Promise.all(names.map((name) => stat(`${path}/${name}`)));
  return Math.max(mtimeMs, ...stats.map((each) => each.mtimeMs));
}

/** Writes all of them. */
export async function writePrograms(): Promise<void> {
  await Promise.all([...Object.values(programs).map(writeProgram), writeDatabase(), writePage()]);
}

const [, script] = process.argv;
if (script === fileURLToPath(import.meta.url)) await writePrograms();
