import { rename, writeFile } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';

/** Makes a database with nothing in it and writes its files, packed, to one file: what a new embedded database begins with. */
export async function packDatabase(file: string): Promise<void> {
  const database = await PGlite.create();
  await database.exec('checkpoint');
  const packed = await database.dumpDataDir('gzip');
  await database.close();
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, packed.stream());
  await rename(unfinished, file);
}
