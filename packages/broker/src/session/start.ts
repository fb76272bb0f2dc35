import { makeId, type Secret } from '@writ/core';
import { insertSession, type Session, type Tx } from '@writ/store';
import { hashBearer, makeBearer } from '../bearer.ts';
import type { Ctx } from '../context.ts';
import { SESSION_LIFE } from '../session-life.ts';
import { keptUserAgent } from './device.ts';

/** A session just begun, with its bearer: shown this once. */
export interface NewSession {
  readonly session: Session;
  readonly token: Secret;
}

/** Begins a session for a user who has just proved who they are. */
export async function startSession(
  ctx: Ctx,
  tx: Tx,
  { user_id, client }: { readonly user_id: string; readonly client: 'browser' | 'cli' },
): Promise<NewSession> {
  const now = ctx.now();
  const token = makeBearer(ctx, 'session');
  const session: Session = {
    organization_id: ctx.organization_id,
    id: makeId('session', { now, randomBytes: ctx.randomBytes }),
    token_hash: hashBearer(ctx, 'session', token.expose()),
    user_id,
    kind: client,
    user_agent: keptUserAgent(ctx.user_agent),
    address: ctx.address,
    created_at: now,
    authenticated_at: now,
    last_seen_at: now,
    expires_at: now + SESSION_LIFE,
    revoked_at: null,
  };
  await insertSession(tx, session);
  return { session, token };
}
