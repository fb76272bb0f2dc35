import type { JsonValue } from '@writ/core';
import { customType, text } from 'drizzle-orm/pg-core';

/** A moment: `timestamptz` in the database, milliseconds since 1970 in the program. */
export const instant = customType<{ data: number; driverData: string }>({
  dataType: () => 'timestamp with time zone',
  toDriver: (ms) => new Date(ms).toISOString(),
  fromDriver: momentOf,
});

/** The form `2026-11-27 08:00:00.123+00`: a date in another order would be read as another moment, so no other is accepted. */
const ISO = /^\d{4,6}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d(?::?\d\d)?)$/;

function momentOf(text: string): number {
  if (!ISO.test(text)) throw new TypeError('a moment came in another form than DateStyle = ISO');
  return new Date(text).getTime();
}

/** Bytes: `bytea` in the database, a `Buffer` in the program. */
export const bytes = customType<{ data: Buffer; driverData: Uint8Array }>({
  dataType: () => 'bytea',
  toDriver: (value) => value,
  fromDriver: (value) => Buffer.from(value),
});

/** The column every table, key and index begins with (model#organization). */
export const organizationId = () => text().notNull();

/** What `vault` sealed: opaque here. */
export type Sealed = JsonValue;
