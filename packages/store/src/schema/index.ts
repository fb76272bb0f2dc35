/** Every table, by noun. A property is called as its column is. */
export * from './allowances.ts';
export * from './approvals.ts';
export * from './audit.ts';
export * from './audit-tree.ts';
export * from './backups.ts';
export * from './brokers.ts';
export * from './clients.ts';
export type { Sealed } from './columns.ts';
export * from './connections.ts';
export * from './epochs.ts';
export * from './keys.ts';
export * from './notifications.ts';
export * from './organizations.ts';
export * from './passkeys.ts';
export * from './rules.ts';
export * from './sessions.ts';
export * from './tokens.ts';
export * from './users.ts';
