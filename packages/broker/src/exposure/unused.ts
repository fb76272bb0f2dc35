import type { InputOf, OutputOf } from '@writ/api';
import { EFFECTS } from '@writ/core';
import type { GrantInForce } from '@writ/store';
import type { Ctx } from '../context.ts';
import { knownPairs } from '../grants/known-operations.ts';
import type { ConnectionState } from '../live.ts';
import { judging, readingMuch } from '../payer.ts';
import { grantsNow, useOf } from './used.ts';
import { credentialKindOf, widerThanUsed } from './wider.ts';

type Output = OutputOf<'connections.unused'>;

/** Tells what of a connection's root credential no grant uses as they stand now. Throws `not_found`, `rate_limited`. */
export async function showUnused(ctx: Ctx, input: InputOf<'connections.unused'>): Promise<Output> {
  const state = await ctx.live.connections.require(input.connection);
  return await readingMuch(ctx, async () => unusedOf(ctx, state, await grantsNow(ctx, state.id)));
}

function unusedOf(ctx: Ctx, state: ConnectionState, grants: readonly GrantInForce[]): Output {
  return judging(ctx, () => {
    // What nobody is granted is the same whatever the guardrails.
    const used = useOf(state, { grants, guardrails: [] });
    const counts = EFFECTS.map((effect) => {
      const all = knownPairs(state).filter((operation) => operation.effect === effect).length;
      return [effect, { granted: used.granted.get(effect) ?? 0, all }] as const;
    });
    const idle = used.environments.filter(({ effects }) => effects.length === 0);
    return {
      environments: idle.map(({ environment }) => environment.slug),
      operations: Object.fromEntries(counts) as Output['operations'],
      credential: credentialKindOf(state)?.kind ?? null,
      wider: widerThanUsed(state, used),
    };
  });
}
