import type { OutputOf } from '@writ/api';
import { detailsSchema } from '@writ/core';
import type { Token } from '@writ/store';
import { z } from 'zod';
import { timeOrNull, timeOut } from '../page.ts';

type View = OutputOf<'tokens.list'>['items'][number];

const storedDetails = z.array(detailsSchema.element);

/** An access token as the API shows it: never the token itself. */
export function tokenView(token: Token, now: number): View {
  const { jti, parent_jti, act_chain, client_id, task_id, kid, aud } = token;
  return {
    jti,
    parent_jti,
    act: [...act_chain],
    client_id,
    task_id,
    kid,
    aud,
    status: token.revoked_at !== null ? 'revoked' : token.expires_at <= now ? 'expired' : 'live',
    authorization_details: token.details === null ? null : storedDetails.parse(token.details),
    issued_at: timeOut(token.issued_at),
    expires_at: timeOut(token.expires_at),
    revoked_at: timeOrNull(token.revoked_at),
  };
}
