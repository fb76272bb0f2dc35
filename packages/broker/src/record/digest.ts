import {
  type BlastIds,
  type ChainLink,
  type Classified,
  canonicalJson,
  type Decision,
  defined,
  differentParts,
  digestOf,
  type Environment,
  type Guardrail,
  isSameBlast,
  type JsonValue,
  onceFor,
  PART_NAMES,
  type PartName,
  type PartValues,
  type Resolved,
  type ResolvedOperation,
  sha256Hex,
} from '@writ/core';
import { addressOf, type Caller, type GatewayConnection } from '@writ/gateway';
import type { EpochVector } from '@writ/store';

/** What the provider says of a call that waits, as far as it is compared. */
export interface ComparedState {
  /** Backups that would be left are not in the digest: a missing one is a difference, one more is none. */
  readonly blast: BlastIds;
  /** The versions of what is stored at the provider and the call acts by, by name. */
  readonly stored_state: Readonly<Record<string, string>>;
}

/** A decided request: what is recorded, and by which epochs it was decided. */
export interface DecidedRequest {
  readonly request_id: string;
  /** The broker that will send it. */
  readonly broker_id: string;
  readonly connection: GatewayConnection;
  readonly credential_version: number | undefined;
  readonly caller: Caller;
  readonly epochs: EpochVector;
  readonly resolved: Resolved;
  /** The environments it reaches, by their slugs, each once. */
  readonly environments: readonly string[];
  readonly decision: Decision;
  /** Only of a call that waits for a human or for its time. */
  readonly compared?: ComparedState;
  /** The approval and the hold that it waits for, or these or the allowance by which it goes on. */
  readonly by?: { readonly approval_id?: string; readonly hold_id?: string; readonly allowance_id?: string };
}

/** The parts of a request as they are kept: those of the digest, and the whole of what is compared of the blast radius (`BlastIds`). */
export type KeptParts = PartValues & { readonly blast?: string };

/** What decided, hashed once for as long as it is the same. */
const hashOnce = onceFor((value: object) => digestOf(value));

/**
 * The digest of a request (model#request-digest): a change of any of its parts changes it. Lower-case hex.
 */
export function requestDigest(request: DecidedRequest): string {
  return digestOf({ call: callDigest(request), ...beside(request) });
}

/** The parts of which the digest is made, each in a short form, and what is compared of the blast radius. */
export function requestParts(request: DecidedRequest): KeptParts {
  const values: Partial<Record<PartName, JsonValue>> = { ...callOf(request), ...beside(request) };
  const kept: Partial<Record<PartName, string>> = {};
  for (const name of PART_NAMES) {
    const value = values[name];
    if (value !== undefined) kept[name] = shortOf(value);
  }
  const { compared } = request;
  return { ...kept, ...defined({ blast: compared && canonicalJson(compared.blast) }) };
}

/** The parts that say which bytes were sent, and to where: of any request, also of one that could not be judged to the end. */
export function sentParts(call: {
  readonly connection: GatewayConnection;
  readonly classified: Classified;
}): KeptParts {
  return Object.fromEntries(Object.entries(bytesOf(call)).map(([name, value]) => [name, shortOf(value)]));
}

/** The longest text that stands for itself. */
const SHORT = 64;

function shortOf(value: JsonValue): string {
  return typeof value === 'string' && value.length <= SHORT ? value : digestOf(value);
}

/** The names of the parts that differ from what was shown. More backups that would be left are no difference. */
export function differences(then: KeptParts, now: KeptParts): readonly PartName[] {
  const different = new Set(differentParts(then, now));
  if (then.blast !== undefined && !isSameBlast(blastOf(then), blastOf(now))) different.add('blast_radius');
  return PART_NAMES.filter((name) => different.has(name));
}

const NOTHING: BlastIds = { dies: [], backups_lost: [], backups_left: [], automatic_left: 0 };

function blastOf({ blast }: KeptParts): BlastIds {
  return blast === undefined ? NOTHING : JSON.parse(blast);
}

/** Who asks, and what decided. */
function beside({ caller, credential_version, decision, compared }: DecidedRequest) {
  return {
    credential: String(credential_version ?? 0),
    client: caller.client_id,
    act_chain: [...caller.act_chain],
    task: caller.task_id,
    grants: grantsOf(decision, caller.chain),
    guardrails: guardrailsOf(decision),
    ...(compared !== undefined && {
      blast_radius: { dies: [...compared.blast.dies], backups_lost: [...compared.blast.backups_lost] },
      stored_state: { ...compared.stored_state },
    }),
  } satisfies Partial<Record<PartName, JsonValue>>;
}

/** The grants by which the pairs are covered, with the members that decide. When a grant ends is checked as it is used. */
function grantsOf({ pairs }: Decision, chain: readonly ChainLink[]): string[] {
  const ids = new Set<string>();
  for (const { grant_ids } of pairs) for (const id of grant_ids) ids.add(id);
  const found: string[] = [];
  for (const { allowances } of chain) {
    const grants = ids.size === 0 ? undefined : grantsIn(allowances);
    for (const id of ids) {
      const digest = grants?.get(id);
      if (digest !== undefined) found.push(`${id}:${digest}`);
    }
  }
  return found.length > 1 ? found.sort() : found;
}

/** The digests of a link's grants, by their ids. */
const grantsIn = onceFor((allowances: ChainLink['allowances']): ReadonlyMap<string, string> => {
  const found = allowances.flatMap(({ expires_at: _, ...grant }) =>
    grant.grant_id === undefined ? [] : [[grant.grant_id, digestOf(grant)] as const],
  );
  return new Map(found);
});

/** The guardrails that decided a pair. Which of them decided which pair follows from operations, effects and environments. */
function guardrailsOf({ pairs }: Decision): string[] {
  const rules = new Set<Guardrail>();
  for (const pair of pairs) for (const rule of pair.rules) rules.add(rule);
  const found = [...rules].map(hashOnce);
  return found.length > 1 ? [...new Set(found)].sort() : found;
}

/** Calls by their operations: those of a call that was made before are the same object. */
const calls = new WeakMap<object, { readonly connection: GatewayConnection; readonly digest: string }>();

function callDigest(request: DecidedRequest): string {
  const { connection, resolved } = request;
  const known = calls.get(resolved.operations);
  if (known?.connection === connection) return known.digest;
  const digest = digestOf(callOf(request));
  calls.set(resolved.operations, { connection, digest });
  return digest;
}

/** What is sent, to where, and what it does there. */
function callOf({ connection, resolved, environments }: DecidedRequest) {
  const { classified, operations } = resolved;
  const rows = rowsOf(connection.environments);
  return {
    ...bytesOf({ connection, classified }),
    operations: operations.map(({ name, effect }) => [name, effect]),
    targets: operations.map(({ targets }) => targets.map(({ kind, id }) => `${kind}:${id}`)),
    environments: operations.map(placesOf),
    catalog: classified.catalogVersion,
    environment_rules: environments.map((slug) => rows.get(slug) ?? slug).sort(),
  } satisfies Partial<Record<PartName, JsonValue>>;
}

function bytesOf({
  connection,
  classified: { forward },
}: {
  readonly connection: GatewayConnection;
  readonly classified: Classified;
}) {
  const meaningful = connection.provider.headers.meaningful.filter((name) => forward.headers[name] !== undefined);
  return {
    method: forward.method,
    path: forward.path,
    query: forward.query,
    headers: Object.fromEntries(meaningful.map((name) => [name, forward.headers[name] ?? ''])),
    body: sha256Hex(forward.body),
    connection: connection.id,
    origin: addressOf(connection, forward)?.origin ?? '',
  } satisfies Partial<Record<PartName, JsonValue>>;
}

/** The environments that an operation reaches, with the provider's own ids of them. */
function placesOf({ environments }: ResolvedOperation): JsonValue[] {
  return environments.map(({ slug, places = [] }) => [slug, ...[...places].sort()]);
}

/** The digests of environments' rows, by their slugs: the members that decide. */
const rowsOf = onceFor(
  (environments: readonly Environment[]): ReadonlyMap<string, string> =>
    new Map(environments.map(({ slug, kind, selector }) => [slug, digestOf({ slug, kind, selector })])),
);
