/** The queries, by noun: `(db or tx, input)`, always of one organization. What must be atomic takes a `Tx`. */
export * from './clients.ts';
export * from './connections.ts';
export * from './credentials.ts';
export * from './environments.ts';
export * from './freezes.ts';
export * from './grants.ts';
export * from './guardrails.ts';
export * from './keys.ts';
export * from './links.ts';
export * from './organizations.ts';
export type { Page, Paging } from './page.ts';
export * from './sessions.ts';
export * from './sign-in-failures.ts';
export * from './sweep.ts';
export * from './tasks.ts';
export * from './tokens.ts';
export * from './used-assertions.ts';
export * from './users.ts';
