/**
 * The schema and the queries, on Postgres or embedded PGlite: the only package that imports drizzle.
 * Never decides and never sees a root credential in the clear.
 */
export * from './audit/index.ts';
export * from './checkpoints/index.ts';
export type { Db, Tx } from './database.ts';
export { DatabaseError, violates } from './errors.ts';
export { type Migration, migrate, readMigrations } from './migrations.ts';
export * from './queries/index.ts';
export * from './schema/index.ts';
export { DEFAULT_ORGANIZATION, openStore, type Store, type StoreOptions } from './store.ts';
