import type { OutputOf } from '@writ/api';
import {
  type BlastItem,
  type Described,
  defined,
  type ErrorCode,
  inert,
  inertLine,
  isJsonObject,
  type JsonValue,
  type Resolved,
  WritError,
} from '@writ/core';
import type { Ctx } from '../context.ts';
import type { ConnectionState } from '../live.ts';
import { MOST } from './view.ts';

/** What is shown of a call, as the API has it. */
export type DescribedView = NonNullable<OutputOf<'explain'>['blast_radius']>;

/** A call that is to be described. */
export interface DescribedCall {
  readonly state: Pick<ConnectionState, 'id' | 'slug' | 'environments' | 'upstream'>;
  /** Whose budget pays for the questions. */
  readonly payer: string;
  readonly resolved: Resolved;
  /** When the call arrived, milliseconds: everything that is shown is asked for after that. */
  readonly arrived: number;
}

/** Faults that say nothing of the provider. */
const OWN_FAULTS: ReadonlySet<ErrorCode> = new Set(['rate_limited', 'internal', 'unavailable']);

/**
 * What a human is shown of a call (model#blast-radius), whole and as the provider says it: `blastIds` makes of it what is compared,
 * `describedView` what is shown. A provider that does not answer makes the call one that nobody can approve. Throws `WritError`
 * (`rate_limited`).
 */
export async function describeCall({ live }: Pick<Ctx, 'live'>, call: DescribedCall): Promise<Described> {
  const { state, payer, resolved, arrived } = call;
  const asker = { client_id: payer, connection_id: state.id, reads: false };
  const context = { connection: state, client_id: payer, arrived };
  try {
    return (await live.budgets.ask(asker, () => state.upstream.describe(resolved, context))).value;
  } catch (error) {
    if (!(error instanceof WritError) || OWN_FAULTS.has(error.code)) throw error;
    const lists = { dies: [], backups_lost: [], backups_left: [], targets: [], environments: [], confirm: [] };
    return { ...lists, stored_state: [], unknown: ['what goes with it'], undescribable: [error.message] };
  }
}

/** What is shown of a described call: inert, and at most `MOST` of each list. A list that is cut short says by how many. */
export function describedView(described: Described): DescribedView {
  const { targets, environments, confirm, stored_state } = described;
  return {
    ...listsOf(described),
    targets: targets.slice(0, MOST).map(({ operation, environments: slugs, ...target }) => ({
      operation: inertLine(operation, 200),
      ...itemView(target),
      environments: [...slugs],
    })),
    environments: environments.slice(0, MOST).map(({ slug, kind, provider }) => ({
      slug,
      kind,
      provider: provider.slice(0, MOST).map(({ kind: of, id, name, container, within }) => ({
        kind: of,
        within: inertLine(within, 300),
        id: inertLine(id, 300),
        name: inertLine(name, 200),
        container: inertLine(container, 200),
      })),
    })),
    confirm: confirm.slice(0, MOST).map(({ target, environment, text }) => ({
      target: inertLine(target, 300),
      environment,
      text: inertLine(text, 500),
    })),
    stored_state: stored_state.slice(0, MOST).map(({ name, version, shown }) => ({
      name: inertLine(name, 300),
      version: inertLine(version, 200),
      shown: inertWhole(shown),
    })),
    undescribable: described.undescribable.slice(0, MOST).map((sentence) => inertLine(sentence, 300)),
  };
}

function listsOf({ dies, backups_lost, backups_left, unknown, ...rest }: Described) {
  const shown = (items: readonly BlastItem[]) => items.slice(0, MOST).map(itemView);
  const parts = { dies: shown(dies), backups_lost: shown(backups_lost), backups_left: shown(backups_left) };
  const cut = [
    ...moreOf(dies, 'things that would be destroyed'),
    ...moreOf(backups_lost, 'backups that would be lost'),
    ...moreOf(backups_left, 'backups that would be left'),
    ...moreOf(rest.targets, 'things that it acts on'),
    ...moreOf(rest.environments, 'environments that it reaches'),
    ...rest.environments.flatMap(({ slug, provider }) => moreOf(provider, `environments of the provider in ${slug}`)),
    ...moreOf(unknown, 'things that are not known'),
  ];
  return { ...parts, unknown: [...cut, ...unknown.slice(0, MOST)].map((sentence) => inertLine(sentence, 300)) };
}

/** Says how many are not shown: a list that is cut short must not look whole. */
function moreOf(items: readonly unknown[], what: string): string[] {
  return items.length > MOST ? [`${items.length - MOST} more ${what}, which are not listed here`] : [];
}

type Item = Pick<BlastItem, 'kind' | 'id' | 'name' | 'environment' | 'facts' | 'of' | 'automatic' | 'newest'>;

function itemView({ kind, id, name, environment, facts, of, automatic, newest }: Item): DescribedView['dies'][number] {
  const called = name === undefined ? undefined : inertLine(name, 200);
  const told = Object.entries(facts).map(([fact, value]) => [inertLine(fact, 100), factValue(value)]);
  const marks = defined({ name: called, environment, of, automatic, newest });
  return { kind, id: inertLine(id, 300), ...marks, facts: Object.fromEntries(told) };
}

/** A measured value; a list that is cut short says by how many. */
function factValue(value: JsonValue): JsonValue {
  if (!Array.isArray(value) || value.length <= MOST) return inertWhole(value);
  return [...value.slice(0, MOST).map(inertWhole), `and ${value.length - MOST} more`];
}

/** The whole of a value, no text of it cut short: what is shown of something stored is done as it says. */
function inertWhole(value: JsonValue): JsonValue {
  if (typeof value === 'string') return inert(value);
  if (Array.isArray(value)) return value.map(inertWhole);
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).map(([name, member]) => [inert(name), inertWhole(member)] as const);
  const whole = Object.fromEntries(members);
  // Names that look alike once they are inert would hide each other: they stand in a list then.
  return Object.keys(whole).length === members.length ? whole : members;
}
