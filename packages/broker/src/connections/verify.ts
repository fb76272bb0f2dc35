import type { InputOf, OutputOf } from '@writ/api';
import { isAtLeast } from '@writ/api';
import { defined, inertLine, WritError } from '@writ/core';
import type { Identity } from '@writ/providers';
import { type Connection, listConnections, updateConnection } from '@writ/store';
import { change } from '../audit/record.ts';
import type { AdminActor, Ctx } from '../context.ts';
import type { ConnectionState } from '../live.ts';
import { missing } from '../missing.ts';
import { type Finding, findingOf, NOTHING_FOUND } from '../record/finding.ts';

type Verification = OutputOf<'connections.verify'>;

/**
 * Asks the provider whose each root credential is and how far it reaches, and remembers that. Throws `conflict` where there is none,
 * `credential_rejected` for one that the provider does not accept, `upstream_unavailable` when it cannot be asked; then nothing counts as
 * verified.
 */
export async function verifyConnection(
  ctx: Ctx<AdminActor>,
  input: InputOf<'connections.verify'>,
): Promise<Verification> {
  const state = await ctx.live.connections.require(input.connection);
  if (input.confirm === true && !(ctx.actor.kind === 'user' && isAtLeast(ctx.actor.role, 'owner'))) {
    throw new WritError('forbidden', {
      detail: 'Only an owner confirms that two connections have the same credential.',
    });
  }
  const checks = await checkAll(ctx, state);
  const refused = checks.find(({ identity }) => identity === undefined);
  const main = checks.findLast(({ unbound }) => unbound) ?? checks.at(-1);
  if (refused !== undefined || main?.identity === undefined) {
    await remember(ctx, state, { ...NOTHING_FOUND, checked: checkedOf(ctx, checks) });
    throw new WritError('credential_rejected', defined({ detail: refused?.detail }));
  }
  const identity = inertLine(main.identity.identity, 300);
  const reach = main.identity.reach.slice(0, 1000).map((line) => inertLine(line, 300));
  const same_as = await sameAs(ctx, { id: state.id, identity, reach, provider: state.row.provider });
  const known = findingOf(state.row)?.confirmed_with ?? [];
  const confirmed_with = input.confirm === true ? same_as : same_as.filter((slug) => known.includes(slug));
  const confirmed = confirmed_with.length === same_as.length;
  await remember(ctx, state, { identity, reach, confirmed, confirmed_with, checked: checkedOf(ctx, checks) });
  return { identity, reach, same_as, confirmed };
}

interface Check {
  readonly credential_id: string;
  readonly unbound: boolean;
  readonly identity?: Identity;
  readonly detail?: string;
}

async function checkAll(ctx: Ctx, state: ConnectionState): Promise<Check[]> {
  if (state.credentials.length === 0) {
    throw new WritError('conflict', { detail: `The connection ${state.slug} has no root credential.` });
  }
  const checks: Check[] = [];
  for (const credential of state.credentials) {
    const about = { credential_id: credential.id, unbound: credential.environments === null };
    try {
      checks.push({ ...about, identity: await ctx.live.connections.probe(state, credential).identify() });
    } catch (error) {
      if (!(error instanceof WritError && error.code === 'credential_rejected')) throw error;
      checks.push({ ...about, detail: error.message });
    }
  }
  return checks;
}

function checkedOf(ctx: Ctx, checks: readonly Check[]): Finding['checked'] {
  const at = ctx.now();
  return Object.fromEntries(
    checks.map(({ credential_id, identity }) => [credential_id, { accepted: identity !== undefined, at }]),
  );
}

async function remember(ctx: Ctx<AdminActor>, state: ConnectionState, finding: Finding): Promise<void> {
  const { organization_id } = ctx;
  const verified = finding.identity !== null;
  await change(ctx, async (tx) => {
    const set = { identity: { ...finding }, verified_at: verified ? ctx.now() : null };
    const result = await updateConnection(tx, { organization_id, id: state.id, set });
    if (result === undefined) throw missing('connection', state.slug);
    const data = {
      connection_id: state.id,
      identity: finding.identity,
      reach: finding.reach.slice(0, 100),
      confirmed: finding.confirmed,
    };
    const kind = verified ? 'connection.verified' : 'connection.rejected';
    return { result, happened: { kind, connection: state.slug, data } };
  });
}

interface Likeness {
  readonly id: string;
  readonly provider: string;
  readonly identity: string;
  readonly reach: readonly string[];
}

/** Slugs of the other connections that were found to have the same identity and reach. */
async function sameAs(ctx: Ctx, like: Likeness): Promise<string[]> {
  const { organization_id, store } = ctx;
  const { items } = await listConnections(store.db, { organization_id, limit: 1000 });
  const wanted = JSON.stringify([...like.reach].sort());
  const isSame = (row: Connection): boolean => {
    const finding = findingOf(row);
    if (row.id === like.id || row.provider !== like.provider || finding?.identity !== like.identity) return false;
    return JSON.stringify([...finding.reach].sort()) === wanted;
  };
  return items.filter(isSame).map(({ slug }) => slug);
}
