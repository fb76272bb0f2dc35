/** Reads of an answer to a question of Writ's own what means the same for every API: its status, and its JSON. */
import { type JsonRules, type JsonValue, parseJsonStrictly, WritError } from '@writ/core';
import type { Answer, Question } from '../provider.ts';

/** Tells whether an answer refuses the root credential, or what was asked with it. The provider's folder knows which of the two. */
export function isRefusal({ status }: Answer): boolean {
  return status === 401 || status === 403;
}

/** The error for an answer that refuses the root credential. `title` is the provider's name. */
export function notAccepted(title: string, { status }: Answer): WritError {
  const detail = `${title} does not accept the root credential of this connection (it answered ${status}). An administrator must replace it.`;
  return new WritError('credential_rejected', { detail });
}

/** The error for an answer of a status that leaves the question open; with the time to wait, where the answer says one. */
export function unusable(question: Question, answer: Answer): WritError {
  const { status } = answer;
  const why =
    status === 429 ? 'it takes no more requests with this root credential for now (429)' : `it answered ${status}`;
  return unavailable(question, why, secondsToWait(answer));
}

/**
 * The limits of the JSON: answers are as long as the gateway lets them be, and their numbers are sizes and counts, by which nothing is
 * decided.
 */
const RULES: JsonRules = { bytes: Number.POSITIVE_INFINITY, depth: 64, numbers: 'rounded' };

/** Reads the JSON of an answer. Throws `upstream_unavailable` for anything else, and for JSON that two readers could read differently. */
export function readJson(question: Question, { body }: Answer): JsonValue {
  try {
    return parseJsonStrictly(body, RULES);
  } catch {
    throw unavailable(question, 'its answer could not be read');
  }
}

function unavailable({ name }: Question, why: string, retry_after?: number): WritError {
  const detail = `The provider was asked ${name}, and ${why}.`;
  return new WritError('upstream_unavailable', { detail, ...(retry_after !== undefined && { retry_after }) });
}

const MOST_WAIT_S = 3_600;

/** Seconds, where the answer says when to come back by a number (RFC 9110 section 10.2.3); at most an hour. */
function secondsToWait({ headers }: Answer): number | undefined {
  const value = headers.get('retry-after') ?? '';
  return /^\d{1,6}$/.test(value) ? Math.min(Math.max(Number(value), 1), MOST_WAIT_S) : undefined;
}
