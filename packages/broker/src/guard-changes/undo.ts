import type { InputOf, OutputOf } from '@writ/api';
import { environmentSelectorSchema, guardrailSchema, WritError } from '@writ/core';
import { z } from 'zod';
import type { Ctx, UserActor } from '../context.ts';
import { patchEnvironment } from '../environments/patch.ts';
import { changedSince } from '../guardrails/changed-since.ts';
import { addedGuardrails, versionOf } from '../guardrails/get.ts';
import { putGuardrails } from '../guardrails/put.ts';
import { entriesOf } from '../logged/data.ts';
import { UNDOABLE_KINDS } from '../logged/owners.ts';
import { missing } from '../missing.ts';

const loosened = z.array(z.string()).default([]);
const rules = z.array(guardrailSchema);
const environment = z.object({
  slug: z.string(),
  selector: environmentSelectorSchema,
  protected: z.boolean(),
  environment_id: z.string(),
});

/** A change of what guards, as the log has it. Rules that were too many for one entry are not in it. */
const changeSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('guardrails.replaced'),
    data: z.object({ added: rules, removed: rules, version: z.string(), loosened }),
  }),
  z.object({
    kind: z.literal('environment.changed'),
    connection: z.string(),
    data: environment.extend({ before: environment, loosened }),
  }),
]);
type GuardChange = z.infer<typeof changeSchema>;

/**
 * Takes back a change of guardrails, or of an environment's protection or selector, named by its request: as a change of its own, with all
 * the checks of one. Throws `not_found`, `conflict` where anything of it was changed since, and `forbidden` where somebody who is no owner
 * would loosen something by it.
 */
export async function undoGuardChange(
  ctx: Ctx<UserActor>,
  { request_id }: InputOf<'guardrails.undo'>,
): Promise<OutputOf<'guardrails.undo'>> {
  const found = await changeOf(ctx, request_id);
  if (found.kind === 'guardrails.replaced') await undoGuardrails(ctx, request_id, found);
  else await undoEnvironment(ctx, request_id, found);
  return { request_id, kind: found.kind, undone: found.data.loosened };
}

async function changeOf(ctx: Ctx, request_id: string): Promise<GuardChange> {
  const entries = (await entriesOf(ctx, request_id)).map((entry): unknown => JSON.parse(entry));
  const kinds = z.object({ kind: z.enum(UNDOABLE_KINDS) });
  const entry = entries.find((each) => kinds.safeParse(each).success);
  if (entry === undefined) throw missing('change of guardrails or of an environment', request_id);
  const read = changeSchema.safeParse(entry);
  if (read.success) return read.data;
  throw new WritError('conflict', { detail: 'The log does not have all of that change: take it back by hand.' });
}

async function undoGuardrails(
  ctx: Ctx<UserActor>,
  request_id: string,
  { data }: GuardChange & { kind: 'guardrails.replaced' },
): Promise<void> {
  const { added, removed, version } = data;
  const current = await addedGuardrails(ctx.store.db, ctx.organization_id);
  if (versionOf(current) !== version) throw changedSince('The guardrails were', 'writ guardrail list');
  const gone = new Set(added.map((rule) => versionOf([rule])));
  const items = [...current.filter((rule) => !gone.has(versionOf([rule]))), ...removed];
  await putGuardrails(ctx, { items, version, undoes: request_id });
}

async function undoEnvironment(
  ctx: Ctx<UserActor>,
  request_id: string,
  { connection, data }: GuardChange & { kind: 'environment.changed' },
): Promise<void> {
  const { before, loosened: _, ...after } = data;
  const moved = JSON.stringify(before.selector) === JSON.stringify(after.selector) ? {} : { selector: before.selector };
  const renamed = before.slug === after.slug ? {} : { slug: before.slug };
  const undoes = { request_id, after };
  const change = { protected: before.protected, ...renamed, ...moved };
  await patchEnvironment(ctx, { connection, environment: after.slug, ...change, undoes });
}
