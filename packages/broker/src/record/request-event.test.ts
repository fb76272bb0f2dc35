import { createSecretKey } from 'node:crypto';
import { canonicalJson, type Decision, type Reason, type ResolvedOperation, type When } from '@writ/core';
import { describe, expect, test } from 'vitest';
import { decidedRequest } from '../../test/decided-request.ts';
import { refusedData, requestEvent, staleEvent } from './request-event.ts';

const key = createSecretKey(Buffer.alloc(32, 7));
/** What an entry may have, in bytes, and what its other members may take of it. */
const [ENTRY, OTHERS] = [65_000, 10_000];

function operation(name: string, values: ResolvedOperation['arguments']): ResolvedOperation {
  const effects = { effect: 'read', base_effect: 'read' } as const;
  const place = { targets: [], containers: [], environments: [{ slug: 'staging', kind: 'other' }] } as const;
  return { name, ...effects, arguments: values, secret_arguments: [], ...place };
}

function entryOf(operations: readonly ResolvedOperation[], reasons: readonly Reason[] = []) {
  const decision = { result: 'refuse', approve: false, hold_minutes: 0, pairs: [], reasons, missing: [] } as const;
  const text = canonicalJson(refusedData({ operations, decision }, key));
  return { bytes: Buffer.byteLength(text), data: JSON.parse(text) };
}

describe('an event of whatever was judged fits an entry', () => {
  test.each([
    ['letters of one byte', 'a'],
    ['letters of three bytes', '語'],
    ['quotation marks', '"'],
    ['characters that are written by their number', '\u0000'],
  ])('arguments of %s', (_what, letter) => {
    const many = Array.from({ length: 190 }, (_, index) => operation(`query.x${index}`, { text: letter.repeat(1300) }));
    const { bytes, data } = entryOf(many);
    expect(bytes).toBeLessThan(ENTRY - OTHERS);
    expect(data).toMatchObject({ operation_count: 190 });
    expect(data.operations).toHaveLength(40);
    const [{ arguments_digest, arguments: values }] = data.operations;
    expect(arguments_digest ?? values.omitted).toMatch(/^[0-9a-f]{64}$/);
  });

  test('one large argument gives way to its digest, and small ones beside it stay', () => {
    const { data } = entryOf([operation('query.a', { text: '語'.repeat(2000) }), operation('query.b', { id: 'v_1' })]);
    expect(data.operations).toMatchObject([{ arguments: { length: 2011 } }, { arguments: { id: 'v_1' } }]);
  });

  test('an argument of 4,000 bytes stays, and one that is longer by a byte gives way', () => {
    const sized = (bytes: number) => operation('query.a', { text: 'a'.repeat(bytes - '{"text":""}'.length) });
    const [whole, short] = entryOf([sized(4_000), sized(4_001)]).data.operations;
    expect(whole.arguments.text).toHaveLength(3_989);
    expect(short.arguments).toEqual({ omitted: expect.stringMatching(/^[0-9a-f]{64}$/), length: 4_001 });
  });

  test('what is still too much without its arguments keeps names and effects, and a digest of all of it', () => {
    const environments = Array.from({ length: 45 }, (_, index) => ({ slug: `e${index}`, kind: 'other' }) as const);
    const placed = (length: number): ResolvedOperation => ({
      ...operation('query.a', { id: 'v_1' }),
      ...{
        environments,
        targets: Array.from({ length: 45 }, () => ({ kind: 'k', id: 'i'.repeat(length), within: [] })),
      },
    });
    const [one] = entryOf([placed(9)]).data.operations;
    expect([one.environments.length, one.targets.length, one.arguments]).toEqual([40, 40, { id: 'v_1' }]);
    const { bytes, data } = entryOf(Array.from({ length: 40 }, () => placed(250)));
    expect(bytes).toBeLessThan(ENTRY - OTHERS);
    expect(data.operations).toEqual(Array(40).fill({ name: 'query.a', effect: 'read' }));
    const digests = [249, 250].map((length) => entryOf(Array(40).fill(placed(length))).data.operations_digest);
    expect(digests[1]).toMatch(/^[0-9a-f]{64}$/);
    expect(digests[0]).not.toBe(digests[1]);
    expect(data.operations_digest).toBe(digests[1]);
  });

  test('long names, and more reasons than are told', () => {
    const operations = Array.from({ length: 60 }, (_, index) => operation(`query.${'a'.repeat(300)}${index}`, {}));
    const selector = `query.${'b'.repeat(190)}`;
    const when = { [`input.${'c'.repeat(280)}`]: { equals: 'd'.repeat(90) } };
    const guardrail = { environments: 'protected', operations: selector, when, outcome: 'deny' } as const;
    const place = { effect: 'read', environment: 'staging', rule: 'guardrail' } as const;
    const { bytes, data } = entryOf(operations, Array(40).fill({ operation: selector, ...place, guardrail }));
    expect(bytes).toBeLessThan(ENTRY - OTHERS);
    expect(data.reasons).toHaveLength(20);
  });
});

describe('the event of a decision', () => {
  const place = { operation: 'volumeUpdate', effect: 'write', environment: 'staging' } as const;
  const decided = (changes: Partial<Decision>): Decision => ({ ...decidedRequest().decision, ...changes });
  const written = (event: ReturnType<typeof requestEvent>) => JSON.parse(canonicalJson(event as never));

  test('says who asked for what, what it reached, and what decided', () => {
    const covered = { ...place, covered: true, outcome: 'allow', approve: false, hold_minutes: 0, rules: [] } as const;
    const pairs = [['grt_1', 'grt_2'], ['grt_1']].map((grant_ids) => ({ ...covered, grant_ids }));
    const event = written(requestEvent(decidedRequest({ decision: decided({ pairs }) }), key));
    expect(event).toEqual({
      kind: 'request.allowed',
      result: 'allowed',
      actor: 'client:helper',
      client_id: 'helper',
      task_id: 'tsk_1',
      connection: 'railway',
      operations: ['volumeUpdate'],
      request_id: 'req_1',
      data: {
        jti: 'tok_1',
        kid: 'k1',
        act_chain: [],
        grant_ids: ['grt_1', 'grt_2'],
        decision: { result: 'allow', approve: false, hold_minutes: 0 },
        operations: [
          {
            name: 'volumeUpdate',
            effect: 'write',
            environments: ['staging'],
            targets: ['volume:v_1'],
            arguments: { id: 'v_1' },
          },
        ],
        operation_count: 1,
        reasons: [],
        catalog_version: '00',
        digest: expect.stringMatching(/^[0-9a-f]{64}$/),
        broker: 'brk_1',
      },
    });
  });

  test('of one that waits or was refused says why, by its code and its reasons', () => {
    const guardrail = { environments: 'other', operations: '*:write', outcome: 'hold', hold_minutes: 5 } as const;
    const reason: Reason = { ...place, rule: 'guardrail', link: 'token', subject: 'tok_1', guardrail };
    const waits = decided({ result: 'wait', code: 'held', hold_minutes: 5, reasons: [{ ...reason, allowed: ['x'] }] });
    expect(written(requestEvent(decidedRequest({ decision: waits }), key))).toMatchObject({
      kind: 'request.waiting',
      result: 'held',
      data: { decision: { result: 'wait', hold_minutes: 5 }, reasons: [reason] },
    });
    const refused = decided({ result: 'refuse', code: 'operation_not_granted' });
    expect(written(requestEvent(decidedRequest({ decision: refused }), key))).toMatchObject({
      kind: 'request.refused',
      result: 'operation_not_granted',
    });
  });

  test('names the conditions and the quorum of the guardrail that decided; a digest of conditions that are long', () => {
    const guardrail = { environments: 'other', operations: '*', outcome: 'approve', quorum: 2 } as const;
    const recorded = (when: When) => {
      const reasons: Reason[] = [{ ...place, rule: 'guardrail', guardrail: { ...guardrail, when } }];
      const decision = decided({ result: 'wait', code: 'approval_required', approve: true, quorum: 2, reasons });
      return written(requestEvent(decidedRequest({ decision }), key)).data;
    };
    const when: When = { id: { equals: 'v_1' } };
    const data = recorded(when);
    expect(data).toMatchObject({ decision: { quorum: 2 }, reasons: [{ guardrail: { ...guardrail, when } }] });
    const long = recorded({ id: { equals: 'a'.repeat(400) } });
    expect(long.reasons[0].guardrail.when).toEqual({ omitted: expect.stringMatching(/^[0-9a-f]{64}$/), length: 420 });
  });

  test('of one that was overtaken is a refusal that keeps all of it', () => {
    const event = requestEvent(decidedRequest(), key);
    expect(written(staleEvent(event))).toEqual({
      ...written(event),
      kind: 'request.refused',
      result: 'stale',
      data: { ...written(event).data, overtaken: 'allowed' },
    });
  });

  test('names at most forty operations and forty grants', () => {
    const [one] = decidedRequest().resolved.operations as [ResolvedOperation];
    const many = Array.from({ length: 45 }, (_, index) => ({ ...one, name: `x${index}` }));
    const covered = { ...place, covered: true, outcome: 'allow', approve: false, hold_minutes: 0, rules: [] } as const;
    const grants = many.map(({ name }) => `grt_${name}`);
    const decision = decided({ pairs: [{ ...covered, grant_ids: grants }] });
    const event = written(requestEvent(decidedRequest({ decision }, {}, { operations: many }), key));
    expect(event.operations).toEqual(many.slice(0, 40).map(({ name }) => name));
    expect(event.data.grant_ids).toEqual(grants.slice(0, 40));
    expect([event.data.operations.length, event.data.operation_count]).toEqual([40, 45]);
  });

  test('names what is named by others in one inert line, once', () => {
    const [{ ...one }] = decidedRequest().resolved.operations as [ResolvedOperation];
    const named = { ...one, name: 'a\u202e\nb', targets: [{ kind: 'volume', id: 'v\u0000', within: [] }] };
    const event = written(requestEvent(decidedRequest({}, {}, { operations: [named, named] }), key));
    expect(event.operations).toEqual(['a\\u{202e}\\u{a}b']);
    expect(event.data.operations[0]).toMatchObject({ name: 'a\\u{202e}\\u{a}b', targets: ['volume:v\\u{0}'] });
  });

  test('of what was not resolved says no place, and of what was not decided no reasons', () => {
    const { environments: _, ...unresolved } = operation('query.a', {});
    const data = JSON.parse(canonicalJson(refusedData({ operations: [unresolved] }, key)));
    expect(data).toEqual({ operations: [{ name: 'query.a', effect: 'read', arguments: {} }], operation_count: 1 });
  });
});
