/** The point of no return: what must be so before a request, or a question of the broker's own, may be sent (invariant 2). */
import { createSecretKey } from 'node:crypto';
import { type Classified, type Decision, type Effect, WritError } from '@writ/core';
import { describe, expect, test } from 'vitest';
import { decidedRequest } from '../../test/decided-request.ts';
import { type AuthorizeContext, authorize, authorizeRead } from './authorize.ts';
import { requestEvent, staleEvent } from './request-event.ts';

const key = createSecretKey(Buffer.alloc(32, 7));
const STALE = [{ scope: 'connection', subject: 'con_1' }];

const deriveKey = (purpose: string) => (purpose === 'audit_digest' ? key : expect.unreachable(purpose));

/** Authorizes by a log that appends as it is told; returns what it was given. */
async function authorized(result: Decision['result'], stale: readonly object[] = []) {
  const given: { event: unknown; epochs: unknown; instead: unknown }[] = [];
  const append = async (event: unknown, { epochs, instead }: { epochs: unknown; instead: () => unknown }) => {
    given.push({ event, epochs, instead: instead() });
    return { seq: 7, stale };
  };
  const ctx = { audit: { append }, deriveKey, now: () => 0 } as unknown as AuthorizeContext;
  const request = decidedRequest({ decision: { ...decidedRequest().decision, result } });
  return { request, given, recorded: await authorize(ctx, request) };
}

describe('a request', () => {
  test('that is allowed and recorded is authorized for what was judged, and for nothing else', async () => {
    const { request, given, recorded } = await authorized('allow');
    expect(recorded.stale).toEqual([]);
    expect(recorded.authorized?.value).toEqual({
      ...{ kind: 'request', connection_id: 'con_1', origin: 'https://api.example', environments: ['staging'] },
      ...{ request_id: 'req_1', audit_seq: 7, forward: request.resolved.classified.forward },
    });
    const event = requestEvent(request, key);
    expect(given).toEqual([{ event, epochs: request.epochs, instead: staleEvent(event) }]);
  });

  test.each([
    ['refused', 'refuse', []],
    ['made to wait', 'wait', []],
    ['overtaken', 'allow', STALE],
    ['refused and overtaken', 'refuse', STALE],
  ] as const)('that is %s is recorded, and not authorized', async (_what, result, stale) => {
    const { given, recorded } = await authorized(result, stale);
    expect(given).toHaveLength(1);
    expect(recorded).toEqual({ stale });
  });

  test('that could not be recorded is not authorized', async () => {
    const append = () => Promise.reject(new WritError('unavailable'));
    const ctx = { audit: { append }, deriveKey, now: () => 0 } as unknown as AuthorizeContext;
    await expect(authorize(ctx, decidedRequest())).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe("a question of the broker's own", () => {
  const random = { now: () => 0, randomBytes: (size: number) => Buffer.alloc(size) };
  const forward = decidedRequest().resolved.classified.forward;
  const asking = (effects: readonly Effect[], reveals?: boolean) => {
    const operations = effects.map((effect) => ({ name: `a.${effect}`, effect }));
    const connection = { id: 'con_1', origin: 'https://api.example' };
    const classified = { forward, operations } as unknown as Classified;
    return authorizeRead(random, { connection, classified, ...(reveals !== undefined && { reveals }) });
  };

  test('is authorized for a read alone', () => {
    expect(asking(['read', 'read']).value).toEqual({
      ...{ kind: 'read', connection_id: 'con_1', origin: 'https://api.example', environments: [], forward },
      request_id: expect.stringMatching(/^req_/),
    });
    for (const effects of [[], ['write'], ['read', 'reveal'], ['destroy', 'read']] as const)
      expect(() => asking(effects)).toThrow(expect.objectContaining({ code: 'internal' }));
  });

  test('that its provider lists may also reveal, and no more', () => {
    expect(asking(['read', 'reveal'], true).value.kind).toBe('read');
    for (const effect of ['write', 'execute', 'destroy', 'escalate'] as const)
      expect(() => asking(['read', effect], true)).toThrow(expect.objectContaining({ code: 'internal' }));
  });
});
