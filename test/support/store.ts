import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type Store, type StoreOptions } from '@writ/store';
import { createDatabase, ensureTemplate } from './postgres.ts';

/** Both databases Writ runs on: store, stories and invariants run on each. */
export const DATABASES = ['embedded', 'postgres'] as const;
export type DatabaseKind = (typeof DATABASES)[number];

/** Where a test's database is, for `openStore` here or in another process. */
export interface Place {
  readonly options: Pick<StoreOptions, 'url' | 'dataDir'>;
  /** Removes it; close every store on it first. */
  readonly remove: () => Promise<void>;
}

/** Makes a fresh, migrated database of the kind. An embedded one is migrated when first opened. */
export async function makePlace(kind: DatabaseKind): Promise<Place> {
  if (kind === 'embedded') return makeFolder();
  const template = await ensureTemplate(async (url) => {
    await (await openStore({ url, now: Date.now })).close();
  });
  const database = await createDatabase(template);
  return { options: { url: database.url }, remove: database.drop };
}

async function makeFolder(): Promise<Place> {
  const home = await mkdtemp(join(tmpdir(), 'writ-store-'));
  return { options: { dataDir: join(home, 'data') }, remove: () => rm(home, { recursive: true, force: true }) };
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
