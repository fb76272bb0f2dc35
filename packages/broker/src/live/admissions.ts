/** The provider as a connection has it: with what owners admitted from its live schema, and the effects they raised. */
import { canonicalJson, type Effect, effectSchema } from '@writ/core';
import type { Admission, Provider } from '@writ/providers';
import type { AdmissionRow, EffectOverride } from '@writ/store';
import type { BaseServices } from '../context.ts';
import { effectsOf } from '../guardrails/facts.ts';

/** How many connections have their providers kept. */
const MOST = 1_000;

/** Makes a provider as a connection has it: with the admissions that count. */
export type Reviewed = (
  provider: Provider,
  connection: { readonly id: string; readonly admission_rows: readonly AdmissionRow[] },
) => Provider;

/** Makes providers with what was admitted. A provider stays the same object while its admissions do: it holds a whole schema. */
export function rememberReviewed(services: BaseServices): Reviewed {
  const known = new Map<string, { readonly key: string; readonly provider: Provider }>();
  return (provider, { id, admission_rows }) => {
    const admissions = admission_rows.filter(({ stale_since }) => stale_since === null).map(admissionOf);
    if (admissions.length === 0) {
      known.delete(id);
      return provider;
    }
    const key = canonicalJson(admissions.map((admission) => ({ ...admission })));
    const before = known.get(id);
    if (before?.key === key) return before.provider;
    const made = admitting(services, { provider, admissions, id });
    if (known.size >= MOST) known.clear();
    known.set(id, { key, provider: made });
    return made;
  };
}

/** An admission to an earlier catalog may not fit this one: then none of them counts, and the log says so. */
function admitting(
  services: BaseServices,
  {
    provider,
    admissions,
    id,
  }: { readonly provider: Provider; readonly admissions: readonly Admission[]; readonly id: string },
): Provider {
  try {
    return provider.admitting(admissions);
  } catch (error) {
    services.log.error('connection.admissions_ignored', error, { connection_id: id });
    return provider;
  }
}

/** An admission as the provider takes it. */
export function admissionOf({ operation, part, effect, shape }: AdmissionRow): Admission {
  return { operation, part, effect: effectSchema.parse(effect), shape };
}

/**
 * The effects to which owners raised what the catalog knows. One that was given to an unknown operation counts once the catalog knows it.
 */
export function overridesOf(
  { operations }: Provider,
  {
    overrides,
    admitted,
  }: { readonly overrides: readonly EffectOverride[]; readonly admitted: readonly AdmissionRow[] },
): ReadonlyMap<string, Effect> {
  const rows = [...admitted.filter(({ part }) => part === ''), ...overrides];
  if (rows.length === 0) return new Map();
  const known = new Set(operations.map(({ name }) => name));
  return effectsOf(rows.filter(({ operation }) => known.has(operation)));
}
