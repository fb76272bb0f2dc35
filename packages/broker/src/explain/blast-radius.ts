import type { OutputOf } from '@writ/api';
import { type BlastItem, type BlastRadius, defined, inertLine, type Resolved, WritError } from '@writ/core';
import type { Ctx } from '../context.ts';
import type { ConnectionState } from '../live.ts';
import { MOST } from './view.ts';

type View = NonNullable<OutputOf<'explain'>['blast_radius']>;

/**
 * What would go with what a request destroys (model#blast-radius), as the provider says now and at the payer's expense; null where it
 * destroys nothing, or was refused before that was known. Throws `WritError` (`rate_limited`).
 */
export async function blastRadius(
  { live, now }: Ctx,
  { state, payer, resolved }: { state: ConnectionState; payer: string; resolved: Resolved | undefined },
): Promise<View | null> {
  if (resolved === undefined || !resolved.operations.some(({ effect }) => effect === 'destroy')) return null;
  const asker = { client_id: payer, connection_id: state.id, reads: false };
  const context = { connection: state, client_id: payer, arrived: now() };
  try {
    return viewOf((await live.budgets.ask(asker, () => state.upstream.describe(resolved, context))).value);
  } catch (error) {
    if (!(error instanceof WritError) || error.code === 'rate_limited') throw error;
    return {
      dies: [],
      backups_lost: [],
      backups_left: [],
      unknown: [`what goes with it: ${inertLine(error.message, 300)}`],
    };
  }
}

function viewOf({ dies, backups_lost, backups_left, unknown }: BlastRadius): View {
  const shown = (items: readonly BlastItem[]) => items.slice(0, MOST).map(itemView);
  const parts = { dies: shown(dies), backups_lost: shown(backups_lost), backups_left: shown(backups_left) };
  const cut = [
    ...moreOf(dies, 'things that would be destroyed'),
    ...moreOf(backups_lost, 'backups that would be lost'),
    ...moreOf(backups_left, 'backups that would be left'),
    ...moreOf(unknown, 'things that are not known'),
  ];
  return { ...parts, unknown: [...cut, ...unknown.slice(0, MOST)].map((sentence) => inertLine(sentence, 300)) };
}

/** Says how many are not shown: a list that is cut short must not look whole. */
function moreOf(items: readonly unknown[], what: string): string[] {
  return items.length > MOST ? [`${items.length - MOST} more ${what}, which are not listed here`] : [];
}

function itemView({ kind, id, name, environment, facts }: BlastItem): View['dies'][number] {
  const called = name === undefined ? undefined : inertLine(name, 200);
  const told = Object.entries(facts).map(([fact, value]) => [
    fact,
    typeof value === 'string' ? inertLine(value, 300) : value,
  ]);
  return { kind, id: inertLine(id, 300), ...defined({ name: called, environment }), facts: Object.fromEntries(told) };
}
