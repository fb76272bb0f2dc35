import type { InputOf, OutputOf } from '@writ/api';
import { type ChainLink, type Detail, WritError } from '@writ/core';
import { type Allowance, getClient, liveGrants } from '@writ/store';
import { standingFor } from '../allowances/use.ts';
import type { Ctx } from '../context.ts';
import { namedConnection } from '../grants/check.ts';
import { scopeProblems } from '../grants/check-scope.ts';
import { grantsLink, tokenLink } from '../live/links.ts';
import { createRules } from '../live/rules.ts';
import type { ConnectionState } from '../live.ts';
import { missing } from '../missing.ts';
import { judging, payerOf } from '../payer.ts';
import { throwIfAny } from '../validation.ts';
import { blastRadius } from './blast-radius.ts';
import { type Judgement, judge } from './judge.ts';
import { explanationView } from './view.ts';

type Input = InputOf<'explain'>;

/**
 * Says what a provider request would do, what a human would be shown of it, and why it would be allowed or refused: for a client as
 * it is granted now, or for a token with these details. Answers for every decision; sends nothing on. Throws `not_found`, `validation_failed`.
 */
export async function explain(ctx: Ctx, input: Input): Promise<OutputOf<'explain'>> {
  const state = await ctx.live.connections.require(input.connection);
  const chain = await chainOf(ctx, input);
  const guardrails = await createRules(ctx)();
  const payer = payerOf(ctx.actor) ?? 'explain';
  const { request, client_id } = input;
  const judged = await judge(ctx, { state, request, chain, guardrails, payer, client_id, thorough: true });
  return {
    ...explanationView(judged, await allowancesOf(ctx, state, { ...judged, client_id })),
    ...(await blastRadius(ctx, { ...judged, state, payer, client_id, resolved: judged.resolved })),
  };
}

/** The client's allowances by which it would pass, in whatever task of it. */
async function allowancesOf(
  ctx: Ctx,
  { slug: connection }: ConnectionState,
  { decision, resolved, client_id }: Pick<Judgement, 'decision' | 'resolved'> & Pick<Input, 'client_id'>,
): Promise<readonly Allowance[]> {
  if (client_id === undefined) return [];
  const call = { client_id, act_chain: [], connection, decision, operations: resolved?.operations };
  return (await standingFor(ctx, call)).allowances;
}

async function chainOf(ctx: Ctx, { client_id, authorization_details }: Input): Promise<readonly ChainLink[]> {
  if (authorization_details !== undefined) {
    await checkNames(ctx, authorization_details);
    return [tokenLink('explain', authorization_details)];
  }
  if (client_id === undefined) throw new WritError('validation_failed');
  const { organization_id, store } = ctx;
  if ((await getClient(store.db, { organization_id, client_id })) === undefined) throw missing('client', client_id);
  return [grantsLink(client_id, await liveGrants(store.db, { organization_id, client_id, now: ctx.now() }))];
}

async function checkNames(ctx: Ctx, details: readonly Detail[]): Promise<void> {
  for (const [index, detail] of details.entries()) {
    const prefix = `authorization_details.${index}.`;
    const state = await namedConnection(ctx, detail.connection, `${prefix}connection`);
    judging(ctx, () => throwIfAny(scopeProblems(state, detail, prefix)));
  }
}
