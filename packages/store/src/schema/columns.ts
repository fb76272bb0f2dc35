import type { JsonValue } from '@writ/core';
import { customType, text } from 'drizzle-orm/pg-core';

/** A moment: `timestamptz` in the database, milliseconds since 1970 in the program. */
export const instant = customType<{ data: number; driverData: string }>({
  dataType: () => 'timestamp with time zone',
  toDriver: (ms) => new Date(ms).toISOString(),
  fromDriver: (value) => new Date(value).getTime(),
});

/** Bytes: `bytea` in the database, a `Buffer` in the program. */
export const bytes = customType<{ data: Buffer; driverData: Uint8Array }>({
  dataType: () => 'bytea',
  toDriver: (value) => value,
  fromDriver: (value) => Buffer.from(value),
});

/** The column every table, key and index begins with (DESIGN 12). */
export const organizationId = () => text().notNull();

/** What `vault` sealed: opaque here. */
export type Sealed = JsonValue;
