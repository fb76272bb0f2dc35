import { type NodeReader, nodeHash } from '@writ/core';
import { and, eq, sql } from 'drizzle-orm';
import type { Db, Tx } from '../database.ts';
import { audit_tiles } from '../schema/index.ts';

/** Hashes in a full tile; the nodes of a tile's first level are eight levels below those of the next (C2SP tlog-tiles). */
export const TILE_WIDTH = 256;
const HEIGHT = 8;
const HASH = 32;

/** The tiles of one tree, read as they are needed, and what was added to them since. */
export interface Tiles {
  /** A complete node's hash. Throws a `TypeError` where the tiles do not have it. */
  readonly read: NodeReader;
  /** Keeps a node that has just become complete; nodes that tiles leave out are ignored. The nodes of a level come in order. */
  add(node: { readonly level: number; readonly index: number; readonly hash: Uint8Array }): Promise<void>;
  /** Writes the tiles that were added to. */
  write(tx: Tx): Promise<void>;
}

/** Opens the tiles of an organization's tree. A tile never changes what it says, so each is read from the database once. */
export function openTiles(db: Db, { organization_id }: { readonly organization_id: string }): Tiles {
  const tiles = new Map<string, Promise<Tile>>();
  const tileAt = (level: number, index: number): Promise<Tile> => {
    const key = `${level}/${index}`;
    const tile = tiles.get(key) ?? readTile(db, { organization_id, level, index });
    tiles.set(key, tile);
    return tile;
  };
  return {
    read: async (level, index) => {
      const [first, count] = [index * 2 ** (level % HEIGHT), 2 ** (level % HEIGHT)];
      const tile = await tileAt(Math.floor(level / HEIGHT), Math.floor(first / TILE_WIDTH));
      return fold(tile, { from: first % TILE_WIDTH, count });
    },
    add: async ({ level, index, hash }) => {
      if (level % HEIGHT !== 0) return;
      const tile = await tileAt(level / HEIGHT, Math.floor(index / TILE_WIDTH));
      if (tile.hashes.length !== index % TILE_WIDTH) throw damaged(tile);
      tile.hashes.push(Buffer.from(hash));
      tile.changed = true;
    },
    write: async (tx) => {
      const changed = (await Promise.all(tiles.values())).filter((tile) => tile.changed);
      if (changed.length > 0) await writeTiles(tx, { organization_id, tiles: changed });
    },
  };
}

interface Tile {
  readonly level: number;
  readonly index: number;
  readonly hashes: Buffer[];
  changed: boolean;
}

interface Place {
  readonly organization_id: string;
  readonly level: number;
  readonly index: number;
}

async function readTile(db: Db, { organization_id, level, index }: Place): Promise<Tile> {
  const [row] = await db
    .select({ hashes: audit_tiles.hashes })
    .from(audit_tiles)
    .where(
      and(eq(audit_tiles.organization_id, organization_id), eq(audit_tiles.level, level), eq(audit_tiles.index, index)),
    );
  const stored = row?.hashes ?? Buffer.alloc(0);
  const hashes = Array.from({ length: Math.ceil(stored.length / HASH) }, (_, at) =>
    stored.subarray(at * HASH, (at + 1) * HASH),
  );
  return { level, index, hashes, changed: false };
}

async function writeTiles(
  tx: Tx,
  { organization_id, tiles }: { readonly organization_id: string; readonly tiles: readonly Tile[] },
): Promise<void> {
  const rows = tiles.map(({ level, index, hashes }) => ({
    organization_id,
    level,
    index,
    hashes: Buffer.concat(hashes),
  }));
  await tx
    .insert(audit_tiles)
    .values(rows)
    .onConflictDoUpdate({
      target: [audit_tiles.organization_id, audit_tiles.level, audit_tiles.index],
      set: { hashes: sql`excluded.hashes` },
    });
}

/** The node above `count` hashes of a tile, a power of two. */
function fold(tile: Tile, { from, count }: { readonly from: number; readonly count: number }): Uint8Array {
  let row: readonly Uint8Array[] = tile.hashes.slice(from, from + count);
  if (row.length !== count || row.some(({ length }) => length !== HASH)) throw damaged(tile);
  while (row.length > 1) {
    row = Array.from({ length: row.length / 2 }, (_, at) => {
      const [left, right] = [row[2 * at], row[2 * at + 1]];
      if (left === undefined || right === undefined) throw damaged(tile);
      return nodeHash(left, right);
    });
  }
  const [node] = row;
  if (node === undefined) throw damaged(tile);
  return node;
}

function damaged({ level, index }: Tile): TypeError {
  return new TypeError(`tile ${level}/${index} of the audit log's tree is not as it was written`);
}
