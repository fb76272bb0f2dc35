import {
  type Decision,
  digestOf,
  type JsonObject,
  type Resolved,
  type ResolvedOperation,
  sha256Hex,
  WrittenJson,
} from '@writ/core';
import type { Caller, GatewayConnection } from '@writ/gateway';
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
  readonly decision: Decision;
}

/** What decided, hashed once for as long as it is the same. */
const hashed = new WeakMap<object, string>();

function hashOnce(value: object): string {
  const known = hashed.get(value) ?? digestOf(value);
  hashed.set(value, known);
  return known;
}

/**
 * The digest of a request (model#request-digest): a change of anything in it, in who asks, or in the rules that decided changes it.
 * Lower-case hex.
 */
export function requestDigest(request: DecidedRequest): string {
  const { connection, caller, resolved } = request;
  const { forward } = resolved.classified;
  const meaningful = connection.provider.headers.meaningful.filter((name) => forward.headers[name] !== undefined);
  return digestOf({
    method: forward.method,
    path: forward.path,
    query: forward.query,
    headers: Object.fromEntries(meaningful.map((name) => [name, forward.headers[name] ?? ''])),
    body: sha256Hex(forward.body),
    connection: connection.id,
    origin: connection.origin,
    credential_version: request.credential_version ?? 0,
    catalog_version: resolved.classified.catalogVersion,
    operations: writeOnce(resolved.operations),
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

/** The operations of a call that is made again are the same. */
const written = new WeakMap<object, WrittenJson>();

function writeOnce(operations: readonly ResolvedOperation[]): WrittenJson {
  const known = written.get(operations) ?? new WrittenJson(operations.map(settled));
  written.set(operations, known);
  return known;
}

function settled({ name, effect, targets, environments }: ResolvedOperation): JsonObject {
  return {
    name,
    effect,
    targets: targets.map((target) => `${target.kind}:${target.id}`),
    environments: environments.map(({ slug }) => slug),
  };
}
