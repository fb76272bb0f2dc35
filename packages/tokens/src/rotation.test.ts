import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jwksDocument, type KeyState, mayVerify } from './jwks.ts';
import {
  compromise,
  planRotation,
  ROTATION_TIMES,
  type RotatableKey,
  type RotationStep,
  rotateNow,
} from './rotation.ts';
import type { PublicJwk, SigningAlgorithm } from './signing-key.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = 1_800_000_000_000;
const algorithms = ['ES256'] as const;

function jwk(kid: string, alg: SigningAlgorithm): PublicJwk {
  if (alg === 'RS256') return { kty: 'RSA', n: 'n', e: 'AQAB', kid, alg, use: 'sig' };
  return { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', kid, alg, use: 'sig' };
}

function key(
  kid: string,
  state: KeyState,
  more: Partial<RotatableKey> & { alg?: SigningAlgorithm } = {},
): RotatableKey {
  const { alg = 'ES256', ...rest } = more;
  return { kid, state, public_jwk: jwk(kid, alg), created_at: NOW - 2 * HOUR, activated_at: NOW - HOUR, ...rest };
}

const plan = (keys: readonly RotatableKey[], now = NOW) => planRotation(keys, { now, algorithms });

test('the times are an hour, thirty days and a day', () => {
  expect(ROTATION_TIMES).toEqual({ pending: HOUR, active: 30 * DAY, retiring: DAY });
});

describe('what is due', () => {
  test('nothing, while the signing key is not old', () => {
    expect(plan([key('a', 'active')])).toEqual([]);
  });

  test('a first key signs at once', () => {
    expect(plan([])).toEqual([{ step: 'make', alg: 'ES256', state: 'active' }]);
  });

  test('an old key gets a successor an hour before it is replaced', () => {
    const old = key('a', 'active', { activated_at: NOW - 30 * DAY + HOUR });
    expect(plan([old], NOW - 1)).toEqual([]);
    expect(plan([old])).toEqual([{ step: 'make', alg: 'ES256', state: 'pending' }]);
  });

  test('a successor signs after it was published for an hour, and the old key stays for a day', () => {
    const keys = [key('a', 'active'), key('b', 'pending', { created_at: NOW - HOUR })];
    expect(plan(keys, NOW - 1)).toEqual([]);
    expect(plan(keys)).toEqual([
      { step: 'begin_retiring', kid: 'a', retired_at: NOW + DAY },
      { step: 'activate', kid: 'b' },
    ]);
  });

  test('a retiring key is retired at its time', () => {
    const keys = [key('a', 'active'), key('b', 'retiring', { retired_at: NOW })];
    expect(plan(keys, NOW - 1)).toEqual([]);
    expect(plan(keys)).toEqual([{ step: 'retire', kid: 'b' }]);
  });

  test('without an active key a pending one signs, even if it is new', () => {
    expect(plan([key('b', 'pending', { created_at: NOW }), key('c', 'compromised')])).toEqual([
      { step: 'activate', kid: 'b' },
    ]);
  });

  test('RS256 is a second set if it is configured, and is retired if it is not any more', () => {
    const both = ['ES256', 'RS256'] as const;
    const es = key('a', 'active');
    expect(planRotation([es], { now: NOW, algorithms: both })).toEqual([
      { step: 'make', alg: 'RS256', state: 'active' },
    ]);
    const rs = key('r', 'active', { alg: 'RS256' });
    expect(planRotation([es, rs], { now: NOW, algorithms: both })).toEqual([]);
    expect(plan([es, rs, key('p', 'pending', { alg: 'RS256' })])).toEqual([
      { step: 'begin_retiring', kid: 'r', retired_at: NOW + DAY },
      { step: 'retire', kid: 'p' },
    ]);
  });
});

describe('rotate now', () => {
  const rotate = (keys: readonly RotatableKey[]) => rotateNow(keys, { now: NOW, alg: 'ES256' });

  test('publishes a successor that signs in an hour', () => {
    const steps = [{ step: 'make', alg: 'ES256', state: 'pending' }];
    expect(rotate([key('a', 'active')])).toEqual({ ok: true, steps, signs_at: NOW + HOUR });
  });

  test('waits for an existing successor, and uses it when it was published long enough', () => {
    const created_at = NOW - HOUR / 2;
    expect(rotate([key('a', 'active'), key('b', 'pending', { created_at })])).toEqual({
      ok: true,
      steps: [],
      signs_at: NOW + HOUR / 2,
    });
    expect(rotate([key('a', 'active'), key('b', 'pending')])).toMatchObject({
      steps: [
        { step: 'begin_retiring', kid: 'a' },
        { step: 'activate', kid: 'b' },
      ],
      signs_at: NOW,
    });
  });

  test('is refused while four keys are published, and tells until when', () => {
    const retiring = [3, 1, 2].map((hours) => key(`r${hours}`, 'retiring', { retired_at: NOW + hours * HOUR }));
    const keys = [key('a', 'active'), ...retiring];
    expect(rotate(keys)).toEqual({ ok: false, reason: 'too_many_keys', until: NOW + HOUR });
    expect(plan([key('a', 'active', { activated_at: NOW - 40 * DAY }), ...retiring])).toEqual([]);
    const gone = key('gone', 'retiring', { retired_at: NOW });
    expect(rotate([key('a', 'active'), ...retiring.slice(1), gone]).ok).toBe(true);
  });
});

describe('a compromised key', () => {
  const leak = (keys: readonly RotatableKey[], kid: string) => compromise(keys, { now: NOW, algorithms, kid });

  test('that signs is refused at once, and another signs', () => {
    expect(leak([key('a', 'active')], 'a')).toEqual([
      { step: 'compromise', kid: 'a' },
      { step: 'make', alg: 'ES256', state: 'active' },
    ]);
    expect(leak([key('a', 'active'), key('b', 'pending', { created_at: NOW })], 'a')).toEqual([
      { step: 'compromise', kid: 'a' },
      { step: 'activate', kid: 'b' },
    ]);
  });

  test('that does not sign is only refused', () => {
    for (const state of ['pending', 'retiring', 'retired'] as const) {
      expect(leak([key('a', 'active'), key('b', state)], 'b')).toEqual([{ step: 'compromise', kid: 'b' }]);
    }
  });

  test('that is not known changes nothing', () => {
    expect(leak([key('a', 'active')], 'x')).toEqual([]);
  });
});

/** Applies the planned steps, like the store. */
function apply(keys: readonly RotatableKey[], steps: readonly RotationStep[], now: number): RotatableKey[] {
  let after = [...keys];
  for (const step of steps) {
    if (step.step === 'make') {
      after.push(key(`k${after.length}`, step.state, { alg: step.alg, created_at: now, activated_at: now }));
    } else {
      after = after.map((one) => (one.kid === step.kid ? { ...one, ...changesBy(step, now) } : one));
    }
  }
  return after;
}

function changesBy(step: Exclude<RotationStep, { step: 'make' }>, now: number): Partial<RotatableKey> {
  if (step.step === 'begin_retiring') return { state: 'retiring', retired_at: step.retired_at };
  if (step.step === 'activate') return { state: 'active', activated_at: now };
  return { state: step.step === 'retire' ? 'retired' : 'compromised' };
}

test('for any requests at any times, one key signs in each set, at most four are published, and each outlives its tokens', () => {
  const action = fc.record({
    after: fc.integer({ min: 0, max: 3 * DAY }),
    what: fc.constantFrom('plan', 'rotate', 'rotate', 'compromise'),
    alg: fc.constantFrom('ES256', 'RS256'),
  });
  const both = ['ES256', 'RS256'] as const;
  const property = fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
    let now = NOW;
    let keys = apply([], planRotation([], { now, algorithms: both }), now);
    const signedUntil = new Map<string, number>();
    for (const { after, what, alg } of actions) {
      for (const one of keys) if (one.state === 'active') signedUntil.set(one.kid, now + after);
      now += after;
      const active = keys.find((one) => one.state === 'active' && one.public_jwk.alg === alg);
      const rotated = what === 'rotate' ? rotateNow(keys, { now, alg }) : undefined;
      if (rotated?.ok) keys = apply(keys, rotated.steps, now);
      if (what === 'compromise' && active) {
        keys = apply(keys, compromise(keys, { now, algorithms: both, kid: active.kid }), now);
      }
      keys = apply(keys, planRotation(keys, { now, algorithms: both }), now);
      for (const wanted of both) {
        expect(keys.filter((one) => one.state === 'active' && one.public_jwk.alg === wanted)).toHaveLength(1);
      }
      expect(keys.filter((one) => mayVerify(one, now)).length).toBeLessThanOrEqual(4);
      expect(jwksDocument(keys, now).keys).toHaveLength(keys.filter((one) => mayVerify(one, now)).length);
      for (const { kid, retired_at, state } of keys) {
        if (state !== 'retiring' && state !== 'retired') continue;
        const last = signedUntil.get(kid);
        if (last !== undefined) expect(retired_at).toBeGreaterThanOrEqual(last + 12 * HOUR + 30_000);
      }
    }
  });
  fc.assert(property, { numRuns: 200 });
});
