/** A row of the stand-in's world: named as in Railway's own schema, so that a row is what GraphQL resolves a type from. */
export type Row = Record<string, unknown> & { id: string };

/** The tables of the stand-in Railway. Relations are by id: `projectId`, `environmentId`, `serviceId`, `volumeId` ... */
export const TABLES = [
  'workspaces',
  'users',
  'projects',
  'environments',
  'services',
  'serviceInstances',
  'volumes',
  'volumeInstances',
  'backups',
  'deployments',
  'customDomains',
  'serviceDomains',
  'tcpProxies',
  'triggers',
  'variables',
  'buckets',
  'plugins',
  'sandboxes',
  'cloudAgents',
  'privateNetworks',
  'endpoints',
  'templates',
  'tokens',
] as const;
export type Table = (typeof TABLES)[number];

/** The whole state: plain JSON, so that it can be seeded and read back over the control port. */
export type World = Record<Table, Row[]>;

/** A token the stand-in accepts: `value` is what a client sends. */
export interface Token {
  readonly kind: 'account' | 'workspace' | 'project';
  readonly value: string;
  /** Workspaces it reaches; for a project token, none. */
  readonly workspaceIds: readonly string[];
  readonly projectId?: string;
  readonly environmentId?: string;
}

/** Makes a world with empty tables. */
export function emptyWorld(): World {
  return Object.fromEntries(TABLES.map((table) => [table, []])) as unknown as World;
}

/** Finds a row by id. */
export function find(world: World, table: Table, id: unknown): Row | undefined {
  return world[table].find((row) => row.id === id);
}

/** Lists the rows whose members equal those of `where`; members given as undefined are not compared. */
export function where(world: World, table: Table, wanted: Record<string, unknown>): Row[] {
  const members = Object.entries(wanted).filter(([, value]) => value !== undefined);
  return world[table].filter((row) => members.every(([name, value]) => row[name] === value));
}

/** Removes the rows whose members equal those of `wanted`; returns how many went. */
export function remove(world: World, table: Table, wanted: Record<string, unknown>): number {
  const gone = new Set(where(world, table, wanted));
  world[table] = world[table].filter((row) => !gone.has(row));
  return gone.size;
}

/** Adds a row and returns it. */
export function add(world: World, table: Table, row: Row): Row {
  world[table].push(row);
  return row;
}

/** Makes an id no row has: readable, and in the order of making. */
export function freshId(world: World, prefix: string): string {
  const taken = new Set(TABLES.flatMap((table) => world[table].map((row) => row.id)));
  for (let n = 1; ; n += 1) if (!taken.has(`${prefix}_new_${n}`)) return `${prefix}_new_${n}`;
}
