import { WritError } from '@writ/core';
import { type Dispatch, fetchBody } from '@writ/gateway';
import type { IssuerFetch } from '@writ/tokens';
import type { BrokerConfig } from '../context.ts';

/**
 * Asks foreign issuers for their documents, with the dialler that checks every address as it is dialled (model#workload-token). Plain
 * http is used only while Writ's own URL is loopback, even if a saved policy allows more. Redirects are not followed.
 */
export function createIssuerFetch(dispatch: Dispatch, config: Pick<BrokerConfig, 'publicUrlIsLoopback'>): IssuerFetch {
  return async ({ url, allow_private, timeout_ms, max_bytes }) => {
    const { protocol, origin, pathname, search } = new URL(url);
    if (protocol !== 'https:' && !config.publicUrlIsLoopback)
      throw new WritError('upstream_unavailable', { detail: 'An issuer must be https.' });
    const headers = { accept: 'application/json', 'accept-encoding': 'identity' };
    const request = {
      target: { origin, allow_private },
      options: { origin, path: `${pathname}${search}`, method: 'GET' as const, headers },
    };
    return await fetchBody(dispatch, request, { most_ms: timeout_ms, most_bytes: max_bytes });
  };
}
