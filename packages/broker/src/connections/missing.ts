import { WritError } from '@writ/core';

/** The error for a slug that no connection has. */
export function noSuchConnection(slug: string): WritError {
  return new WritError('not_found', { detail: `There is no connection ${slug}.` });
}
