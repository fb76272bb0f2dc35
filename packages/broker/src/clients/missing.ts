import { WritError } from '@writ/core';

/** The error for an id that no client has. */
export function noSuchClient(client_id: string): WritError {
  return new WritError('not_found', { detail: `There is no client ${client_id}.` });
}
