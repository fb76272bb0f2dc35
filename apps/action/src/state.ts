/** What the main step leaves for the post step. */
import { getState, saveState } from '@actions/core';
import { Secret } from '@writ/core';

const URL_NAME = 'url';
const TOKEN_NAME = 'access_token';

/** A token to be ended, and where. */
export interface Held {
  readonly url: string;
  readonly token: Secret;
}

/** Leaves a token for the post step. */
export function hold({ url, token }: Held): void {
  saveState(URL_NAME, url);
  saveState(TOKEN_NAME, token.expose());
}

/** What was left; undefined when no token was issued. */
export function held(): Held | undefined {
  const token = getState(TOKEN_NAME);
  return token === '' ? undefined : { url: getState(URL_NAME), token: new Secret(token, 'access token') };
}
