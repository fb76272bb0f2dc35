import { SHARED, WritError } from '@writ/core';
import { wrong } from '../validation.ts';

/** The error for a slug that no environment of the connection has. */
export function noSuchEnvironment(connection: string, slug: string): WritError {
  return new WritError('not_found', { detail: `The connection ${connection} has no environment ${slug}.` });
}

/** Throws `validation_failed` for the reserved environment, which is as it is. */
export function refuseShared(slug: string): void {
  if (slug === SHARED)
    throw wrong({ field: 'environment', problem: 'is reserved, and cannot be changed or removed', found: slug });
}
