import type { OutputOf } from '@writ/api';
import { defined, guardrailSchema, isJsonObject, type JsonObject, type JsonValue } from '@writ/core';
import { lastDecided } from '@writ/store';
import type { Ctx } from '../context.ts';

/**
 * One call of a task, as the log has it; all texts are inert. `result`: the code of a refusal or of a wait; of a call that was sent, how it ended,
 * with the provider's status: `answered 200`. `why`: of one that was refused or had to wait, by which rules.
 */
export type LastCall = OutputOf<'tasks.get'>['last_calls'][number];

/** The last calls of a task, newest first, at most `most`. */
export async function lastCalls(
  { store, organization_id }: Pick<Ctx, 'store' | 'organization_id'>,
  { task_id, most }: { readonly task_id: string; readonly most: number },
): Promise<LastCall[]> {
  const calls = await lastDecided(store.db, { organization_id, task_id, most });
  return calls.map(({ decided, ended }) => {
    const entry = objectOf(JSON.parse(decided));
    const { operations, reasons } = objectOf(entry['data']);
    return {
      at: String(entry['at']),
      request_id: String(entry['request_id']),
      ...(typeof entry['connection'] === 'string' && { connection: entry['connection'] }),
      operations: objectsIn(operations).map(operationOf),
      result: resultOf(entry, ended),
      why: entry['kind'] === 'request.allowed' ? [] : rulesOf(objectsIn(reasons)),
    };
  });
}

/** Each rule once, by the order in which they are told. */
function rulesOf(reasons: readonly JsonObject[]): NonNullable<LastCall['why']> {
  const each = reasons.map(({ rule, guardrail }) => ({
    rule: String(rule),
    // Of one whose conditions are long, the log has but a digest.
    ...defined({ guardrail: guardrailSchema.safeParse(guardrail).data }),
  }));
  return [...new Map(each.map((why) => [JSON.stringify(why), why])).values()];
}

function operationOf({ name, effect, environments }: JsonObject): LastCall['operations'][number] {
  const slugs = Array.isArray(environments) ? environments.map(String) : [];
  return { name: String(name), effect: String(effect), environments: slugs };
}

function resultOf({ kind, result }: JsonObject, ended: string | undefined): string {
  if (kind !== 'request.allowed') return String(result);
  if (ended === undefined) return 'sent, and it is not recorded how it ended';
  const end = objectOf(JSON.parse(ended));
  const { status } = objectOf(end['data']);
  return typeof status === 'number' ? `${String(end['result'])} ${status}` : String(end['result']);
}

function objectsIn(value: JsonValue | undefined): JsonObject[] {
  return (Array.isArray(value) ? value : []).map(objectOf);
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value ?? null) ? (value as JsonObject) : {};
}
