import { find, type Row, type Table, type Token, type World } from './world.ts';

/** What a resolver is given besides its arguments. */
export interface WorldContext {
  readonly world: World;
  readonly token: Token | undefined;
}

/** Arguments as graphql-js coerced them. */
export type Args = Record<string, unknown>;
export type Resolver = (source: Row, args: Args, context: WorldContext) => unknown;

/** Railway's own words for what a token may not see. */
export function notAuthorized(): Error {
  return new Error('Not Authorized');
}

/** Returns the row, or fails as Railway does: not found, or not for this token. */
export function need(context: WorldContext, table: Table, id: unknown): Row {
  const row = find(context.world, table, id);
  if (!row) throw new Error(`${table.replace(/s$/, '')} not found`);
  if (!maySee(context, table, row)) throw notAuthorized();
  return row;
}

/** Tells whether the token reaches the row: a project token reaches its one environment and the names around it. */
export function maySee(context: WorldContext, table: Table, row: Row): boolean {
  const { token, world } = context;
  if (!token) return false;
  if (token.kind === 'project') {
    const environmentId = table === 'environments' ? row.id : environmentOf(world, row);
    return environmentId === undefined
      ? projectOf(world, table, row) === token.projectId
      : environmentId === token.environmentId;
  }
  const project = find(world, 'projects', projectOf(world, table, row));
  const workspaceId = table === 'workspaces' ? row.id : project?.['workspaceId'];
  return token.workspaceIds.includes(String(workspaceId));
}

function environmentOf(world: World, row: Row): unknown {
  if (row['environmentId'] !== undefined) return row['environmentId'];
  return find(world, 'volumeInstances', row['volumeInstanceId'])?.['environmentId'];
}

function projectOf(world: World, table: Table, row: Row): unknown {
  if (table === 'projects') return row.id;
  if (row['projectId'] !== undefined) return row['projectId'];
  return find(world, 'environments', environmentOf(world, row))?.['projectId'];
}

/** The `input` argument. */
export function inputOf(args: Args): Args {
  return (args['input'] ?? {}) as Args;
}

/** Makes a Relay connection of the rows, by `first` and `after` (a cursor is an index). */
export function page(rows: readonly Row[], args: Args): unknown {
  const from = args['after'] ? Number(args['after']) + 1 : 0;
  const size = typeof args['first'] === 'number' ? args['first'] : 100;
  const slice = rows.slice(from, from + size);
  const edges = slice.map((node, index) => ({ cursor: String(from + index), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage: from + size < rows.length,
      hasPreviousPage: from > 0,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
