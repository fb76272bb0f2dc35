import type { InputOf, OutputOf } from '@writ/api';
import { canonicalJson, effectSchema, inertLine, WritError } from '@writ/core';
import type { LiveSchema, NewName, Provider } from '@writ/providers';
import { type AdmissionRow, getConnection, keepLiveSchema, listAdmissions, setAdmissionsStale } from '@writ/store';
import { actorId, change } from '../audit/record.ts';
import type { AdminActor, Ctx } from '../context.ts';

type View = OutputOf<'connections.schema'>;

const MOST = 5_000;

/**
 * Reads the provider's live schema, keeps it, and lists what the catalog lacks, what the schema lacks and what differs. An admission that
 * is no longer in the schema, or has another shape there, does not count from then on. Throws `not_found`, `upstream_unavailable`,
 * `conflict`.
 */
export async function readSchema(ctx: Ctx<AdminActor>, input: InputOf<'connections.schema'>): Promise<View> {
  const { organization_id } = ctx;
  const state = await ctx.live.connections.require(input.connection);
  const live = await state.upstream.liveSchema();
  const difference = state.provider.compareSchema(live);
  const of = { organization_id, connection_id: state.id };
  const rows = await change(ctx, async (tx) => {
    const row = await getConnection(tx, { organization_id, id: state.id });
    if (row?.origin !== state.origin) throw moved();
    const read = { read_by: actorId(ctx.actor), read_at: ctx.now() };
    await keepLiveSchema(tx, { ...of, ...live, ...read });
    const admitted = await listAdmissions(tx, of);
    const gone = admitted.filter((row) => row.stale_since === null && !isAsAdmitted(state.provider, { live, row }));
    for (const only of gone) await setAdmissionsStale(tx, { ...of, now: ctx.now(), only });
    const data = {
      digest: live.digest,
      new: difference.new.length,
      missing: difference.missing.length,
      changed: difference.changed.length,
      stale: gone.slice(0, 100).map(nameOf),
    };
    return {
      result: await listAdmissions(tx, of),
      happened: { kind: 'connection.schema_read', connection: state.slug, data },
      epochs: gone.length > 0 ? [{ scope: 'connection', subject: state.id }] : [],
    };
  });
  return viewOf({ provider: state.provider, live, rows });
}

function moved(): WritError {
  return new WritError('conflict', {
    detail: 'The base URL of the connection was changed while the schema was read. Nothing was kept; read it again.',
  });
}

function isAsAdmitted(
  provider: Provider,
  { live, row }: { readonly live: LiveSchema; readonly row: AdmissionRow },
): boolean {
  const shape = provider.shapeOf(live, row);
  return shape !== undefined && canonicalJson(shape) === canonicalJson(row.shape);
}

function nameOf({ operation, part }: Pick<AdmissionRow, 'operation' | 'part'>): string {
  return inertLine(part === '' ? operation : `${operation}(${part})`, 300);
}

interface Read {
  readonly provider: Provider;
  readonly live: LiveSchema;
  readonly rows: readonly AdmissionRow[];
}

function viewOf({ provider, live, rows }: Read): View {
  const difference = provider.compareSchema(live);
  const counting = new Map(rows.filter(({ stale_since }) => stale_since === null).map((row) => [nameOf(row), row]));
  const found = difference.new.slice(0, MOST).map((one) => newView(one, counting));
  return {
    catalog_version: provider.catalogVersion,
    digest: live.digest,
    unknown: found
      .filter(({ admitted }) => admitted === null)
      .map(({ name, argument }) => nameOf({ operation: name, part: argument ?? '' })),
    new: found,
    missing: difference.missing.slice(0, MOST).map((line) => inertLine(line, 300)),
    changed: difference.changed.slice(0, MOST).map((line) => inertLine(line, 500)),
    stale: rows.flatMap(({ operation, part, effect, note, stale_since }) =>
      stale_since === null
        ? []
        : [
            {
              name: operation,
              argument: part || null,
              effect: effectSchema.parse(effect),
              note,
              since: new Date(stale_since).toISOString(),
            },
          ],
    ),
  };
}

function newView(one: NewName, counting: ReadonlyMap<string, AdmissionRow>): View['new'][number] {
  const row = counting.get(nameOf({ operation: one.name, part: one.part }));
  return {
    kind: one.kind,
    name: inertLine(one.name, 300),
    argument: one.part === '' ? null : inertLine(one.part, 300),
    type: inertLine(one.type, 500),
    description: one.description === undefined ? null : inertLine(one.description, 300),
    least: one.least,
    refused: one.refused === undefined ? null : inertLine(one.refused, 300),
    admitted: row === undefined ? null : { effect: effectSchema.parse(row.effect), note: row.note },
  };
}
