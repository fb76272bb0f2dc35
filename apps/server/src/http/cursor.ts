/** The cursors of lists: opaque to clients, and accepted by the same list only. */
import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';

/** The list that a cursor belongs to, and the key that proves it. */
export interface CursorSeal {
  readonly key: KeyObject;
  /** The route's id. */
  readonly list: string;
}

const MAC_BYTES = 16;

/** Writes the beginning of the next page as a cursor. */
export function sealCursor(place: string, seal: CursorSeal): string {
  return Buffer.concat([macOf(place, seal), Buffer.from(place)]).toString('base64url');
}

/** Reads a cursor of this list; undefined for a text that is not one. */
export function openCursor(cursor: string, seal: CursorSeal): string | undefined {
  const bytes = Buffer.from(cursor, 'base64url');
  if (bytes.byteLength <= MAC_BYTES || bytes.toString('base64url') !== cursor) return undefined;
  const place = bytes.subarray(MAC_BYTES).toString();
  return timingSafeEqual(bytes.subarray(0, MAC_BYTES), macOf(place, seal)) ? place : undefined;
}

function macOf(place: string, { key, list }: CursorSeal): Buffer {
  return createHmac('sha256', key).update(`${list}\n${place}`).digest().subarray(0, MAC_BYTES);
}
