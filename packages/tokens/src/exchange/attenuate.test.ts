import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { claims, issuer, NOW } from '../../test/support.ts';
import { accessTokenClaimsSchema } from '../access-token-claims.ts';
import { type Attenuation, actDepth, actorsOf, attenuate } from './attenuate.ts';

const jkt = 'A'.repeat(43);
const by = (actor: string, changes: Partial<Attenuation> = {}) =>
  attenuate({ subject: claims(), actor, issuer, now: NOW * 1000, life: 900, ...changes });

test('the subject stays, the actor is the outermost act, the task is the same', () => {
  expect(by('agent-b')).toEqual({
    ok: true,
    sub: 'agent-1',
    client_id: 'agent-b',
    act: { sub: 'agent-b' },
    task_id: 'tsk_1',
    exp: NOW + 900,
  });
});

test('actors nest, and the fourth is refused', () => {
  const first = claims({ act: { sub: 'b' } });
  const second = claims({ act: { sub: 'c', act: { sub: 'b' } } });
  const third = claims({ act: { sub: 'd', act: { sub: 'c', act: { sub: 'b' } } } });
  expect(by('c', { subject: first })).toMatchObject({ act: { sub: 'c', act: { sub: 'b' } } });
  expect(by('d', { subject: second })).toMatchObject({ act: { sub: 'd', act: { sub: 'c', act: { sub: 'b' } } } });
  expect(by('e', { subject: third })).toEqual({ ok: false, reason: 'too_deep' });
  expect(actorsOf(third)).toEqual(['d', 'c', 'b']);
  expect([claims(), first, second, third].map(actDepth)).toEqual([0, 1, 2, 3]);
});

test('a token exchanged by its own client has that client as its actor: there is no impersonation', () => {
  expect(by('agent-1')).toMatchObject({ ok: true, act: { sub: 'agent-1' } });
});

describe('the life', () => {
  test.each([
    [60, NOW + 60],
    [900, NOW + 900],
    [5000, NOW + 900],
  ])('of %i seconds ends at %i: never after the token from which it is made', (life, exp) => {
    expect(by('b', { life })).toMatchObject({ ok: true, exp });
  });

  test('of a token that has expired, even within the leeway, cannot be continued', () => {
    expect(by('b', { now: (NOW + 900) * 1000 })).toEqual({ ok: false, reason: 'expired' });
    expect(by('b', { life: 0 })).toEqual({ ok: false, reason: 'expired' });
  });
});

describe('may_act', () => {
  const subject = claims({ may_act: { sub: 'agent-b' } });

  test('names the only client that may exchange', () => {
    expect(by('agent-b', { subject })).toMatchObject({ ok: true });
    expect(by('agent-c', { subject })).toEqual({ ok: false, reason: 'may_act' });
    expect(by('agent-1', { subject })).toEqual({ ok: false, reason: 'may_act' });
  });

  test('of another issuer names no client here', () => {
    const foreign = claims({ may_act: { sub: 'agent-b', iss: 'https://other.example' } });
    expect(by('agent-b', { subject: foreign })).toEqual({ ok: false, reason: 'may_act' });
    expect(by('agent-b', { subject: claims({ may_act: { sub: 'agent-b', iss: issuer } }) })).toMatchObject({
      ok: true,
    });
  });

  test('and ci are claims of an access token', () => {
    const parsed = accessTokenClaimsSchema.parse({ ...subject, ci: { system: 'gitlab', subject: 's', run_id: '1' } });
    expect(parsed).toMatchObject({ may_act: { sub: 'agent-b' }, ci: { system: 'gitlab' } });
    expect(accessTokenClaimsSchema.safeParse({ ...subject, ci: { system: 'x', subject: 's' } }).success).toBe(false);
  });
});

describe('a token bound to a key', () => {
  const subject = claims({ cnf: { jkt } });

  test('is exchanged with proof of that key', () => {
    expect(by('b', { subject, jkt })).toMatchObject({ ok: true });
  });

  test('is not exchanged without a proof, or with a proof of another key', () => {
    expect(by('b', { subject })).toEqual({ ok: false, reason: 'binding' });
    expect(by('agent-1', { subject, jkt: 'B'.repeat(43) })).toEqual({ ok: false, reason: 'binding' });
  });

  test('is exchanged by the client that its may_act names, with a key of its own', () => {
    const named = claims({ cnf: { jkt }, may_act: { sub: 'b' } });
    expect(by('b', { subject: named, jkt: 'B'.repeat(43) })).toMatchObject({ ok: true });
    expect(by('c', { subject: named, jkt })).toEqual({ ok: false, reason: 'may_act' });
  });
});

test('no chain of exchanges outlives its first token, or grows deeper than three', () => {
  const steps = fc.array(
    fc.record({ actor: fc.constantFrom('a', 'b', 'c'), life: fc.integer({ min: 1, max: 5000 }), after: fc.nat(400) }),
    { maxLength: 6 },
  );
  const property = fc.property(steps, (chain) => {
    let subject = claims();
    let now = NOW;
    for (const { actor, life, after } of chain) {
      now += after;
      const result = by(actor, { subject, life, now: now * 1000 });
      if (!result.ok) return;
      const { ok: _, ...made } = result;
      expect(made.exp).toBeLessThanOrEqual(subject.exp);
      expect(actorsOf(made)).toEqual([actor, ...actorsOf(subject)]);
      expect(actDepth(made)).toBeLessThanOrEqual(3);
      subject = accessTokenClaimsSchema.parse({ ...subject, ...made, iat: now, nbf: now });
    }
  });
  fc.assert(property);
});
