/** The order of judging, for whom it is done, and what is known of a request that is refused before its end. */
import { SHIPPED_GUARDRAILS, WritError } from '@writ/core';
import { expect, test } from 'vitest';
import { plainProvider, plainUpstream } from '../../test/plain-provider.ts';
import { callerWith } from '../../test/support.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import type { GatewayConnection } from '../ports.ts';
import type { Progress } from '../take/exchange.ts';
import { HeaderTable } from '../take/header-table.ts';
import { ClientBudgets } from './client-budgets.ts';
import { type JudgeInput, judge, settle } from './judge.ts';

const now = () => 0;
const context = () => ({ clients: new ClientBudgets(DEFAULT_LIMITS, now), limits: { body_bytes: 10 }, now });

function connectionWith(changes: Partial<GatewayConnection> = {}): GatewayConnection {
  const origin = 'https://api.plain.example';
  const facts = { id: 'con_1', slug: 'plain', environments: [], base_url: origin, origin, allow_private: false };
  return {
    ...facts,
    others: new Map(),
    provider: plainProvider,
    overrides: new Map(),
    upstream: plainUpstream,
    ...changes,
  };
}

/** A request of a caller that may do these operations. */
function inputOf(
  operations: readonly string[],
  changes: Partial<JudgeInput> & { readonly target?: string } = {},
): JudgeInput {
  const { target = '/do/write', ...others } = changes;
  const headers = new HeaderTable(['host', 'gateway.example']);
  return {
    connection: connectionWith(),
    head: { method: 'POST', target, httpVersion: '1.1', headers },
    body: async () => Buffer.from('0123456789'),
    chain: callerWith(operations).chain,
    guardrails: SHIPPED_GUARDRAILS,
    payer: 'cli_1',
    arrived: 0,
    ...others,
  };
}

const begun = (): Progress => ({ operations: [], read: false });
const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'judged',
    ({ code }: WritError) => code,
  );

test('what is covered is resolved and decided, and all of it is known of its progress', async () => {
  const progress = begun();
  const { resolved, decision } = await judge(context(), inputOf(['*']), progress);
  expect(decision.result).toBe('allow');
  expect(resolved.operations).toMatchObject([{ name: 'thing.write', environments: [{ slug: 'staging' }] }]);
  expect(progress).toEqual({ read: true, classified: resolved.classified, operations: resolved.operations, decision });
});

test('the body of a request whose head is refused is not read', async () => {
  const body = () => Promise.reject(new Error('it was read'));
  for (const target of ['/do/../write', '/do/write#f']) {
    expect(await codeOf(judge(context(), inputOf(['*'], { target, body }), begun()))).toBe('request_not_canonical');
  }
  const { head } = inputOf(['*']);
  const headers = new HeaderTable(['host', 'gateway.example', 'x-http-method-override', 'DELETE']);
  const overridden = inputOf(['*'], { head: { ...head, headers }, body });
  expect(await codeOf(judge(context(), overridden, begun()))).toBe('request_not_canonical');
});

test('a body that is too large by a byte is refused wherever it comes from, as a request that was not read', async () => {
  const progress = begun();
  const body = async () => Buffer.alloc(11);
  expect(await codeOf(judge(context(), inputOf(['*'], { body }), progress))).toBe('request_too_large');
  expect(progress).toEqual(begun());
});

test('an unknown operation is refused as a request that was read, with no operation judged', async () => {
  const progress = begun();
  expect(await codeOf(judge(context(), inputOf(['*'], { target: '/unknown' }), progress))).toBe('operation_unknown');
  expect(progress).toEqual({ operations: [], read: true });
});

test('what nothing covers anywhere is refused before the provider is asked, with the names it would have there', async () => {
  const progress = begun();
  const resolve = () => Promise.reject(new Error('the provider was asked'));
  const provider = { ...plainProvider, names: () => [{ kind: 'thing', id: 'a name' }] };
  const connection = connectionWith({ provider, upstream: { ...plainUpstream, resolve } });
  expect(await codeOf(judge(context(), inputOf(['other'], { connection }), progress))).toBe('operation_not_granted');
  expect(progress).toMatchObject({
    read: true,
    operations: [{ name: 'thing.write', names: [{ kind: 'thing', id: 'a name' }] }],
    decision: { result: 'refuse', reasons: [{ operation: 'thing.write', environment: '*' }] },
  });
});

test('a call that cannot be resolved is refused with the operations that were judged, and without a decision', async () => {
  const progress = begun();
  const resolve = () => Promise.reject(new WritError('environment_unresolved'));
  const connection = connectionWith({ upstream: { ...plainUpstream, resolve } });
  expect(await codeOf(judge(context(), inputOf(['*'], { connection }), progress))).toBe('environment_unresolved');
  expect(progress).toMatchObject({ read: true, operations: [{ name: 'thing.write' }] });
  expect(progress.decision).toBeUndefined();
});

test('a request that was never classified is not settled', async () => {
  expect(await codeOf(settle(context(), inputOf(['*']), begun()))).toBe('internal');
});
