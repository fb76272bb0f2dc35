/** A request that was decided, for tests of what is recorded of it. */
import {
  type Decision,
  type ProviderRequest,
  type Resolved,
  type ResolvedOperation,
  SHIPPED_GUARDRAILS,
} from '@writ/core';
import type { DecidedRequest } from '../src/record/digest.ts';

/** What was judged of it. */
export interface JudgedParts {
  readonly operations?: readonly object[];
  readonly catalogVersion?: string;
}

const OPERATION = {
  name: 'volumeUpdate',
  effect: 'write',
  base_effect: 'write',
  arguments: { id: 'v_1' },
  secret_arguments: [],
  targets: [{ kind: 'volume', id: 'v_1', within: [] }],
  containers: [],
  environments: [{ slug: 'staging', kind: 'other' }],
} as const;

/** Makes one, every part of it anew, with what is changed of it, of the request that will be sent, and of what was judged. */
export function decidedRequest(
  changes: Partial<DecidedRequest> = {},
  sent: Partial<ProviderRequest> = {},
  { operations = [{ ...OPERATION }], catalogVersion = '00' }: JudgedParts = {},
): DecidedRequest {
  const forward = {
    method: 'POST',
    path: '/x',
    query: 'a=1',
    headers: { accept: 'a/b' },
    body: Buffer.from('body'),
    ...sent,
  };
  const decision: Decision = { result: 'allow', approve: false, hold_minutes: 0, pairs: [], reasons: [], missing: [] };
  const resolved = { classified: { forward, catalogVersion }, operations: operations as readonly ResolvedOperation[] };
  return {
    request_id: 'req_1',
    broker_id: 'brk_1',
    environments: ['staging'],
    connection: {
      id: 'con_1',
      slug: 'railway',
      origin: 'https://api.example',
      environments: [],
      provider: { headers: { meaningful: ['accept', 'x-version'], volatile: ['x-trace'] } },
    } as unknown as DecidedRequest['connection'],
    credential_version: 1,
    caller: {
      client_id: 'helper',
      client_kind: 'agent',
      task_id: 'tsk_1',
      jti: 'tok_1',
      kid: 'k1',
      act_chain: [],
      chain: [{ link: 'token', subject: 'tok_1', allowances: [] }],
      guardrails: [...SHIPPED_GUARDRAILS],
    } as unknown as DecidedRequest['caller'],
    epochs: {} as DecidedRequest['epochs'],
    resolved: resolved as unknown as Resolved,
    decision,
    ...changes,
  };
}
