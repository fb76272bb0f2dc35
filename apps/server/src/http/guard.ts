import { type Guard, isAtLeast } from '@writ/api';
import type { Actor, AutomationActor, TokenActor, UserActor } from '@writ/broker';
import { WritError } from '@writ/core';
import type { Shown } from './session-cookie.ts';

/** How long a browser's sign-in counts as recent, in milliseconds (model#assertion). */
const RECENT = 15 * 60_000;

/** The functions that tell whose a credential is. Each throws a `WritError` for one that is not good now. */
export interface Authenticators {
  session(shown: Shown & { readonly kind: 'session' }): Promise<UserActor>;
  /** An access token for the admin API. */
  automation(shown: Shown & { readonly kind: 'access_token' }): Promise<AutomationActor>;
  /** An access token for the gateway, at the self endpoints. */
  holder(shown: Shown & { readonly kind: 'access_token' }): Promise<TokenActor>;
}

/** Tells who asks, or throws: `unauthenticated`, `invalid_token`, `forbidden`, `assertion_required`. */
export async function identify(guard: Guard, shown: Shown, by: Authenticators): Promise<Actor> {
  if (guard.kind === 'public') return guard.may_be_signed_in ? await visitorOf(shown, by) : { kind: 'public' };
  if (shown.kind === 'nothing') throw new WritError(guard.kind === 'user' ? 'unauthenticated' : 'invalid_token');
  if (guard.kind === 'access_token') {
    if (shown.kind !== 'access_token') throw new WritError('invalid_token');
    return await by.holder(shown);
  }
  const actor = shown.kind === 'session' ? await by.session(shown) : await by.automation(shown);
  if (actor.kind === 'automation' && guard.automation === false) throw refusedToTokens(guard.proof);
  if (!isAtLeast(actor.role, guard.role)) {
    throw new WritError('forbidden', { detail: `This needs the role ${guard.role}; yours is ${actor.role}.` });
  }
  return actor;
}

/** Who shows a live session; nobody in particular for anything else, so that a session that has ended keeps nobody from signing in. */
async function visitorOf(shown: Shown, by: Authenticators): Promise<Actor> {
  if (shown.kind !== 'session') return { kind: 'public' };
  return await by.session(shown).catch((error: unknown) => {
    if (error instanceof WritError && error.code === 'unauthenticated') return { kind: 'public' };
    throw error;
  });
}

function refusedToTokens(proof: 'none' | 'recent' | 'assertion'): WritError {
  if (proof === 'assertion') {
    return new WritError('assertion_required', {
      detail: 'No access token can do this: it needs a person, signed in, and an assertion.',
    });
  }
  return new WritError('forbidden', { detail: 'No access token can do this: it concerns a person who is signed in.' });
}

/** Tells whether this change cannot go on without an assertion. */
export function needsAssertion(guard: Guard, actor: Actor, now: number): boolean {
  if (guard.kind !== 'user' || guard.proof === 'none' || actor.kind !== 'user') return false;
  if (guard.proof === 'assertion') return true;
  // A stored session's sign-in does not tell who uses it now: everybody who can read the file has it.
  return actor.session_client !== 'browser' || now - actor.authenticated_at > RECENT;
}
