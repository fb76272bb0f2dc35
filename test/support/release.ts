import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { VERSION } from '@writ/core';
import { newDatabase, programs } from '../../tools/bundle.ts';
import { root } from './sources.ts';

/** Another release of Writ, installed in a folder of its own. */
export interface Release {
  /** The server's file. */
  readonly program: string;
  readonly remove: () => Promise<void>;
}

/** Makes a later release: this one's programs, saying another version, with more migrations. */
export async function makeRelease(version: string, migrations: Readonly<Record<string, string>>): Promise<Release> {
  const home = await mkdtemp(join(tmpdir(), 'writ-release-'));
  const app = join(home, 'apps', 'server');
  const program = join(app, 'dist', 'writ-server.js');
  await mkdir(join(app, 'dist'), { recursive: true });
  await cp(join(root, 'apps', 'server', 'package.json'), join(app, 'package.json'));
  await symlink(join(root, 'apps', 'server', 'node_modules'), join(app, 'node_modules'));
  await writeFile(program, saying(version, await readFile(programs.server.file, 'utf8')));
  await cp(newDatabase, join(app, 'dist', basename(newDatabase)));
  await cp(join(root, 'drizzle'), join(home, 'drizzle'), { recursive: true });
  for (const [name, text] of Object.entries(migrations)) await writeFile(join(home, 'drizzle', name), text);
  return { program, remove: () => rm(home, { recursive: true, force: true }) };
}

function saying(version: string, program: string): string {
  const [before, after, ...others] = program.split(`VERSION = "${VERSION}"`);
  if (after === undefined || others.length > 0) throw new Error('the server does not say its version once');
  return `${before}VERSION = "${version}"${after}`;
}
