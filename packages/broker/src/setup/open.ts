import { makeId, Secret } from '@writ/core';
import { closeLinks, insertLink, isSetUp } from '@writ/store';
import { change } from '../audit/record.ts';
import { hashBearer, makeBearer } from '../bearer.ts';
import type { Ctx, SystemActor } from '../context.ts';

/** How long the set-up token works, in milliseconds. */
export const SETUP_LIFE = 30 * 60_000;

/**
 * Opens set-up while there has never been a user, and returns the link that makes the first owner; undefined once set-up is over. A given
 * token is used, else one is made; a token of an earlier start stops working.
 */
export async function openSetup(
  ctx: Ctx<SystemActor>,
  input: { readonly token?: string },
): Promise<{ readonly link: Secret } | undefined> {
  const { organization_id } = ctx;
  if (await isSetUp(ctx.store.db, { organization_id })) return undefined;
  const token = input.token === undefined ? makeBearer(ctx, 'setup') : new Secret(input.token, 'setup');
  return await change(ctx, async (tx) => {
    const now = ctx.now();
    await closeLinks(tx, { organization_id, kind: 'setup', now });
    await insertLink(tx, {
      organization_id,
      id: makeId('link', { now, randomBytes: ctx.randomBytes }),
      kind: 'setup',
      token_hash: hashSetupToken(ctx, token.expose()),
      created_at: now,
      expires_at: now + SETUP_LIFE,
    });
    const link = new Secret(`${ctx.config.publicUrl}/setup#token=${token.expose()}`, 'setup link');
    return { result: { link }, happened: { kind: 'setup.opened' } };
  });
}

/** The part of a set-up token that is kept. */
export function hashSetupToken(ctx: Ctx, token: string): string {
  return hashBearer(ctx, 'setup', token);
}
