import { canonicalJson } from '@writ/core';
import type { Client } from '@writ/store';
import { invalidClient } from './oauth-error.ts';

/**
 * Makes sure that what a client proved itself by is still what it must prove itself by. Who asks is looked up as remembered, so a
 * secret or keys that another broker has just replaced may have been taken. Throws `OAuthError` (`invalid_client`).
 */
export function demandStillProved(proved: Client, now: Client): void {
  const same = proved.secret_hash === now.secret_hash && canonicalJson(proved.auth) === canonicalJson(now.auth);
  if (!same) throw invalidClient('replaced');
}
