/**
 * The schema and the queries, on Postgres or embedded PGlite: the only package that imports drizzle.
 * Never decides and never sees a root credential in the clear.
 */
export {};
