import { FINDING_KINDS, type InputOf, type OutputOf } from '@writ/api';
import type { Guardrail } from '@writ/core';
import { type Client, type Connection, listClients, listConnections, recentOfKinds } from '@writ/store';
import type { Ctx } from '../context.ts';
import { createRules } from '../live/rules.ts';
import type { ConnectionState } from '../live.ts';
import { judging, readingMuch } from '../payer.ts';
import { sliceOut } from '../slice.ts';
import { clientFindings, credentialFindings, type Finding, grantFindings } from './findings.ts';
import { grantsNow, type Used, useOf } from './used.ts';

type Output = OutputOf<'exposure.get'>;

/** The most connections and clients that are looked at, and the most findings of one kind that are told. */
const MOST = { connections: 100, clients: 5_000, findings: 50 };

const YEAR = 365 * 86_400_000;

/** Tells what all grants come to, and what a person should look at. Throws `rate_limited` where the caller has read too much of late. */
export async function getExposure(ctx: Ctx, input: InputOf<'exposure.get'>): Promise<Output> {
  return await readingMuch(ctx, () => exposureOf(ctx, input));
}

async function exposureOf(ctx: Ctx, input: InputOf<'exposure.get'>): Promise<Output> {
  const { organization_id, store, live } = ctx;
  const { items: rows } = await listConnections(store.db, { organization_id, limit: MOST.connections });
  const states = await Promise.all(rows.map(({ slug }) => live.connections.get(slug)));
  const [grants, clients, rotated] = [await grantsNow(ctx), await allClients(ctx), await rotatedSecrets(ctx)];
  const guardrails: readonly Guardrail[] = await createRules(ctx)();
  const now = ctx.now();
  return judging(ctx, () => {
    const byConnection = Map.groupBy(grants, ({ connection_id }) => connection_id);
    const findings: Finding[] = [];
    const items: Output['items'] = [];
    for (const [state, row] of pairsOf(states, rows)) {
      const own = byConnection.get(state.id) ?? [];
      const used = useOf(state, { grants: own, guardrails });
      items.push(...itemsOf(state, used));
      findings.push(...credentialFindings(state, row, used), ...own.flatMap((one) => grantFindings(state, one, now)));
    }
    const has = new Set(grants.map(({ client_id }) => client_id));
    findings.push(...clients.flatMap((client) => clientFindings(client, { has, rotated, now })));
    return { ...sliceOut(items, input), ...told(findings) };
  });
}

function pairsOf(
  states: readonly (ConnectionState | undefined)[],
  rows: readonly Connection[],
): readonly (readonly [ConnectionState, Connection])[] {
  return rows.flatMap((row, at) => {
    const state = states[at];
    return state === undefined ? [] : [[state, row] as const];
  });
}

function itemsOf({ slug }: ConnectionState, { environments }: Used): Output['items'] {
  return environments.map(({ environment, effects }) => ({
    connection: slug,
    environment: environment.slug,
    kind: environment.kind,
    effects: effects.map((effect) => ({ ...effect })),
  }));
}

/** The most urgent first, and of each kind no more than a person reads. */
function told(findings: readonly Finding[]): Pick<Output, 'findings' | 'findings_left_out'> {
  const byKind = Map.groupBy(findings, ({ kind }) => kind);
  const shown = FINDING_KINDS.flatMap((kind) => byKind.get(kind)?.slice(0, MOST.findings) ?? []);
  return { findings: shown, findings_left_out: findings.length - shown.length };
}

async function allClients({ organization_id, store }: Ctx): Promise<readonly Client[]> {
  const clients: Client[] = [];
  let after = '';
  do {
    const page = await listClients(store.db, { organization_id, after, limit: 1_000 });
    clients.push(...page.items);
    after = page.next ?? '';
  } while (after !== '' && clients.length < MOST.clients);
  return clients;
}

/** The clients whose secret was made anew within a year, as the log has it. */
async function rotatedSecrets({ organization_id, store, now }: Ctx): Promise<ReadonlySet<string>> {
  const kinds = ['client.secret_rotated'];
  const since = now() - YEAR;
  const events = await recentOfKinds(store.db, { organization_id, kinds, since, limit: MOST.clients });
  return new Set(events.flatMap(({ client_id }) => client_id ?? []));
}
