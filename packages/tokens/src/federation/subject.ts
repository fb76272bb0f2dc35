import { hash } from 'node:crypto';
import type { CiIdentity } from '@writ/core';

/** The longest life of a CI token in seconds (model#access-token); it also never outlives the token from which it is made. */
export const CI_TOKEN_LIFE = 600;

const MAX_KEY = 120;

/**
 * Returns the `sub` of a CI job's access token: `ci:<client id>:<job>`, with the id of the job, or else of the run, or else the issuer's
 * own subject. Client ids hold no colon, so no agent can have the same `sub`.
 */
export function ciSubject(client_id: string, { job_id, run_id, subject }: CiIdentity): string {
  const key = job_id ?? run_id ?? subject;
  return `ci:${client_id}:${key.length > MAX_KEY ? hash('sha256', key) : key}`;
}

/** Tells whether a `sub` is that of a CI job. Tokens that were exchanged from a job's token have it too, for every actor. */
export function isJobSubject(sub: string): boolean {
  return sub.startsWith('ci:');
}
