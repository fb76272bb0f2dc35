import type { InputOf, OutputOf } from '@writ/api';
import { defined, digestOf, type Guardrail, type JsonObject, type JsonValue, makeId, WritError } from '@writ/core';
import { lockOrganization, replaceGuardrails } from '@writ/store';
import { change } from '../audit/record.ts';
import type { Ctx, UserActor } from '../context.ts';
import { throwIfAny } from '../validation.ts';
import { checkGuardrails } from './check.ts';
import { guardedFacts } from './facts.ts';
import { addedGuardrails, guardrailsView, versionOf } from './get.ts';
import { findLoosened, type Loosened, without } from './loosening.ts';

/** The most characters of rules that one record may hold. */
const MOST_RECORDED = 25_000;

/**
 * Replaces the added guardrails. Throws `validation_failed` with the wrong fields, `conflict` when they were changed since
 * `version` was read, and `forbidden` where somebody who is no owner would loosen something. `undoes`: the request that it takes back.
 */
export async function putGuardrails(
  ctx: Ctx<UserActor>,
  input: InputOf<'guardrails.put'> & { readonly undoes?: string },
): Promise<OutputOf<'guardrails.put'>> {
  const { organization_id, actor } = ctx;
  return await change(ctx, async (tx) => {
    await lockOrganization(tx, { organization_id });
    const before = await addedGuardrails(tx, organization_id);
    const after = input.items;
    if (input.version !== undefined && input.version !== versionOf(before)) {
      throw new WritError('conflict', { detail: 'The guardrails were changed meanwhile. Look at them again first.' });
    }
    const { current, remembered } = await guardedFacts(ctx, tx, [...before, ...after]);
    throwIfAny(checkGuardrails(after, { connections: current, standing: before }));
    const loosened = findLoosened({ before, after, connections: [...current, ...remembered] });
    if (loosened.length > 0 && actor.role !== 'owner') throw onlyAnOwner(loosened);
    await replaceGuardrails(tx, { organization_id, guardrails: rowsOf(ctx, after) });
    const data = {
      added: recorded(without(after, before)),
      removed: recorded(without(before, after)),
      version: versionOf(after),
      loosened: loosened.map(sentenceOf),
      ...defined({ undoes: input.undoes }),
    };
    return {
      result: guardrailsView(after),
      happened: { kind: 'guardrails.replaced', data },
      // A request that relied on the old rules is refused by the statement that would record it.
      epochs: [{ scope: 'organization' as const, subject: organization_id }],
    };
  });
}

function rowsOf(ctx: Ctx<UserActor>, rules: readonly Guardrail[]) {
  const now = ctx.now();
  const { user_id } = ctx.actor;
  // Each id gets a time of its own, since ids made in the same millisecond do not sort by order.
  return rules.map((rule, index) => ({
    id: makeId('guardrail', { now: now + index, randomBytes: ctx.randomBytes }),
    rule,
    created_by: user_id,
    created_at: now,
  }));
}

/** Rules as the log keeps them; where they are too many for one record, their number and digest. */
function recorded(rules: readonly Guardrail[]): JsonValue {
  const plain: JsonValue = rules.map((rule) => ({ ...rule }) as JsonObject);
  return JSON.stringify(plain).length <= MOST_RECORDED ? plain : { count: rules.length, digest: digestOf(rules) };
}

function onlyAnOwner(loosened: readonly Loosened[]): WritError {
  const [first] = loosened;
  const example = first === undefined ? '' : ` ${sentenceOf(first)} would be guarded less than now.`;
  return new WritError('forbidden', { detail: `Only an owner loosens guardrails.${example}` });
}

function sentenceOf({ operation, effect, connection, environment }: Loosened): string {
  return `${operation} (${effect}) in ${environment}${connection === undefined ? '' : ` of ${connection}`}`;
}
