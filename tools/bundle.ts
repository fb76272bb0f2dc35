/**
 * `node tools/bundle.ts`: writes the broker and the command line, each as one file, and beside the broker a database with nothing in it.
 * Reading hundreds of small files takes longer than most commands do, and most of a broker's start; making a database longer still.
 */
import { rename } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

interface Program {
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

/** Writes a program to a file that needs no other but its externals. Who runs the file meanwhile has the old one or the new one. */
export async function writeProgram({ source, file, external }: Program): Promise<void> {
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
}

/** Writes all of them. */
export async function writePrograms(): Promise<void> {
  const { packDatabase } = await import('../packages/store/tools/pack-database.ts');
  await Promise.all([...Object.values(programs).map(writeProgram), packDatabase(newDatabase)]);
}

const [, script] = process.argv;
if (script === fileURLToPath(import.meta.url)) await writePrograms();
