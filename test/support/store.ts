import { cpSync, existsSync } from 'node:fs';
import { chmod, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openStore, type Store } from '@writ/store';
import { inject } from 'vitest';
import type { StoreOptions } from '../../packages/store/src/store.ts';
import { embeddedTemplateFolder } from './embedded-template.ts';
import { createDatabase, ensureTemplate } from './postgres.ts';
import { throwawayFolder } from './throwaway.ts';

/** Both databases Writ runs on: store, stories and invariants run on each. */
export const DATABASES = ['embedded', 'postgres'] as const;
export type DatabaseKind = (typeof DATABASES)[number];

/** What a hook that opens a database may take, in milliseconds: the embedded one takes seconds of computing, more on a busy machine. */
export const OPENING = 120_000;

/** Where a test's database is, for `openStore` here or in another process. */
export interface Place {
  readonly options: Pick<StoreOptions, 'url' | 'dataDir'>;
  /** Removes it; close every store on it first. */
  readonly remove: () => Promise<void>;
}

/** Makes a fresh, migrated database of the kind. */
export async function makePlace(kind: DatabaseKind): Promise<Place> {
  if (kind === 'embedded') return makeFolder();
  const template = await ensureTemplate('store', async (url) => {
    await (await openStore({ url, now: Date.now })).close();
  });
  const database = await createDatabase(template);
  return { options: { url: database.url }, remove: database.drop };
}

async function makeFolder(): Promise<Place> {
  const home = await mkdtemp(join(throwawayFolder(), 'writ-store-'));
  const dataDir = join(home, 'data');
  // At once: file by file beside the event loop, its 1,200 files take four times the computing.
  cpSync(await embeddedTemplate(), dataDir, { recursive: true });
  for (const folder of [dataDir, join(dataDir, 'postgres')]) await chmod(folder, 0o700);
  return { options: { dataDir }, remove: () => rm(home, { recursive: true, force: true }) };
}

/** A migrated embedded database, made once a run: making one takes seconds, copying one does not. */
async function embeddedTemplate(): Promise<string> {
  const template = embeddedTemplateFolder(inject('postgresPrefix'));
  if (existsSync(template)) return template;
  const building = await mkdtemp(`${template}-`);
  await (await openStore({ dataDir: building, now: Date.now })).close();
  // Of several that made one at the same time, the first one's stays.
  await rename(building, template).catch(() => rm(building, { recursive: true, force: true }));
  return template;
}

/** A store on a database of its own. */
export interface TestStore {
  readonly store: Store;
  readonly place: Place;
  readonly dispose: () => Promise<void>;
}

/** Opens a store on a fresh database of the kind. */
export async function openTestStore(kind: DatabaseKind, now: () => number = Date.now): Promise<TestStore> {
  const place = await makePlace(kind);
  const store = await openStore({ ...place.options, now });
  const dispose = async (): Promise<void> => {
    await store.close();
    await place.remove();
  };
  return { store, place, dispose };
}
