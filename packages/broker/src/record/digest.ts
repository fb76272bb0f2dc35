import {
  type Decision,
  digestOf,
  type JsonObject,
  onceFor,
  type Resolved,
  type ResolvedOperation,
  sha256Hex,
} from '@writ/core';
import { addressOf, type Caller, type GatewayConnection } from '@writ/gateway';
import type { EpochVector } from '@writ/store';

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
}

/** What decided, hashed once for as long as it is the same. */
const hashOnce = onceFor((value: object) => digestOf(value));

/**
 * The digest of a request (model#request-digest): a change of anything in it, in who asks, or in the rules that decided changes it.
 * Lower-case hex.
 */
export function requestDigest(request: DecidedRequest): string {
  const { connection, caller } = request;
  return digestOf({
    call: callDigest(request),
    credential_version: request.credential_version ?? 0,
    client: caller.client_id,
    act_chain: caller.act_chain,
    task: caller.task_id,
    rules: {
      chain: hashOnce(caller.chain),
      guardrails: hashOnce(caller.guardrails),
      rows: hashOnce(connection.environments),
    },
  });
}

/** Calls by their operations: those of a call that was made before are the same object. */
const calls = new WeakMap<object, { readonly connection: GatewayConnection; readonly digest: string }>();

/** What is sent, to where, and what it does there. */
function callDigest({ connection, resolved }: DecidedRequest): string {
  const known = calls.get(resolved.operations);
  if (known?.connection === connection) return known.digest;
  const { forward, catalogVersion } = resolved.classified;
  const meaningful = connection.provider.headers.meaningful.filter((name) => forward.headers[name] !== undefined);
  const digest = digestOf({
    method: forward.method,
    path: forward.path,
    query: forward.query,
    headers: Object.fromEntries(meaningful.map((name) => [name, forward.headers[name] ?? ''])),
    body: sha256Hex(forward.body),
    connection: connection.id,
    origin: addressOf(connection, forward)?.origin ?? null,
    catalog_version: catalogVersion,
    operations: resolved.operations.map(settled),
  });
  calls.set(resolved.operations, { connection, digest });
  return digest;
}

function settled({ name, effect, targets, environments }: ResolvedOperation): JsonObject {
  return {
    name,
    effect,
    targets: targets.map((target) => `${target.kind}:${target.id}`),
    environments: environments.map(({ slug }) => slug),
  };
}
