import { WritError } from '@writ/core';
import { violates } from '@writ/store';

/** Says in words that a slug is taken; everything else passes. */
export function asConflict(error: unknown, slug: string): unknown {
  if (!violates(error, 'environments_slug_key')) return error;
  return new WritError('conflict', { detail: `There is an environment ${slug} already.` });
}
