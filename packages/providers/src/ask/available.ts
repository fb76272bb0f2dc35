import { WritError } from '@writ/core';

/** Runs what an administrator asked for: for that a silent provider is `upstream_unavailable`, not the refusal of a call. */
export async function orUnavailable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof WritError) || error.code !== 'environment_unresolved') throw error;
    if (error.cause instanceof WritError) throw error.cause;
    throw new WritError('upstream_unavailable', { detail: error.message, cause: error });
  }
}
