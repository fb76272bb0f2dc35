import { createHmac } from 'node:crypto';
import { counted, WritError } from '@writ/core';
import { networkOf } from '@writ/gateway';
import { clearSignInFailures, hasSignedInFrom, type Pace, takeAttempt } from '@writ/store';
import type { Ctx, Services } from '../context.ts';

const SECOND = 1000;
const HOUR = 3600 * SECOND;

/** One account from one network: a person who mistypes waits seconds, a program that guesses waits minutes. */
const PAIR: Pace = { free: 5, base: SECOND, longest: 300 * SECOND, memory: HOUR };
/** One network, for all that it tries together: several people may sit behind it. */
const NETWORK: Pace = { free: 30, base: SECOND, longest: 60 * SECOND, memory: HOUR };
/** One account from networks from which it has never signed in: many such networks at once guess no faster than one. */
const STRANGERS: Pace = { free: 20, base: SECOND, longest: 60 * SECOND, memory: HOUR };
/** Passwords given in a session: only the holder of the session is slowed down. */
const SESSION: Pace = { free: 5, base: SECOND, longest: 300 * SECOND, memory: HOUR };

/** The thing for which a password or a one-time token is tried. */
export type Attempt =
  | { readonly kind: 'sign_in'; readonly email: string; readonly user_id: string | undefined }
  | { readonly kind: 'assertion'; readonly session_id: string }
  | { readonly kind: 'link' };

/**
 * Takes the right to one attempt, or throws `too_many_attempts` with `Retry-After`. Attempts are slowed down, never locked out: waits are
 * bounded, refused attempts do not prolong them, and strangers cannot slow a person down on a network where that person has signed in
 * before. Returns a function to call when the attempt was right.
 */
export async function takeAttemptFor(ctx: Ctx, attempt: Attempt): Promise<() => Promise<void>> {
  const { organization_id, store } = ctx;
  const subjects = await subjectsOf(ctx, attempt);
  for (const { subject, pace } of subjects) {
    const wait = await takeAttempt(store.db, { organization_id, subject, now: ctx.now(), pace });
    if (wait > 0) throw tooMany(wait);
  }
  return async () => {
    for (const { subject } of subjects) await clearSignInFailures(store.db, { organization_id, subject });
  };
}

interface Subject {
  readonly subject: string;
  readonly pace: Pace;
}

async function subjectsOf(ctx: Ctx, attempt: Attempt): Promise<Subject[]> {
  if (attempt.kind === 'assertion') return [{ subject: `session:${attempt.session_id}`, pace: SESSION }];
  const network = networkOf(ctx.address);
  const common = { subject: `network:${network}`, pace: NETWORK };
  if (attempt.kind === 'link') return [common];
  const account = accountOf(ctx, attempt.email);
  const pair = { subject: `pair:${account}:${network}`, pace: PAIR };
  return (await isKnown(ctx, attempt.user_id))
    ? [common, pair]
    : [common, pair, { subject: `strangers:${account}`, pace: STRANGERS }];
}

/** Done for unknown users too, so that a sign-in with an unknown address takes as long. */
async function isKnown(ctx: Ctx, userId = ''): Promise<boolean> {
  const { organization_id, address } = ctx;
  return await hasSignedInFrom(ctx.store.db, { organization_id, user_id: userId, address });
}

/** A keyed hash, so that the table does not show which addresses were tried. */
function accountOf(services: Services, email: string): string {
  return createHmac('sha256', services.deriveKey('audit_digest')).update(`sign_in:${email}`).digest('hex').slice(0, 32);
}

function tooMany(wait: number): WritError {
  const seconds = Math.ceil(wait / 1000);
  return new WritError('too_many_attempts', {
    detail: `Too many attempts. Try again in ${counted(seconds, 'second', 'seconds')}.`,
    retry_after: seconds,
  });
}
