import type { InputOf, OutputOf } from '@writ/api';
import { standingFor } from '../allowances/use.ts';
import type { Ctx, TokenActor } from '../context.ts';
import { judge } from '../explain/judge.ts';
import { explanationView } from '../explain/view.ts';
import { ownConnection } from './connections.ts';

/** Says what a request with this access token would do; sends nothing on. Throws `forbidden` for a connection the token is not for. */
export async function explainSelf(
  ctx: Ctx<TokenActor>,
  input: InputOf<'self.explain'>,
): Promise<OutputOf<'self.explain'>> {
  const state = await ownConnection(ctx, input.connection);
  const { chain, guardrails, client_id, task_id, act_chain } = ctx.actor;
  const who = { client_id, task_id, payer: client_id };
  const judged = await judge(ctx, { state, request: input.request, chain, guardrails, ...who });
  const { decision, resolved } = judged;
  const call = { client_id, task_id, act_chain, connection: state.slug };
  const { allowances } = await standingFor(ctx, { ...call, decision, operations: resolved?.operations });
  return ctx.live.budgets.judgeOn(client_id, () => explanationView(judged, allowances));
}
