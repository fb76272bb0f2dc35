import { MAX_TOKEN_LIFE } from '@writ/core';
import { CLOCK_TOLERANCE } from './compact.ts';
import { type KeyRecord, MAX_PUBLISHED_KEYS, mayVerify } from './jwks.ts';
import type { SigningAlgorithm } from './signing-key.ts';

const HOUR = 3_600_000;

/** How long a key is in each state, in milliseconds (model#signing-key). */
export const ROTATION_TIMES = {
  /** How long a key is published before it signs: longer than any verifier keeps a JWKS; 24 hours if cloud providers verify. */
  pending: HOUR,
  /** How long a key signs. */
  active: 30 * 24 * HOUR,
  /** How long a key is published after it signed: until its last token has expired, at least a day. */
  retiring: Math.max(24 * HOUR, (MAX_TOKEN_LIFE + CLOCK_TOLERANCE) * 1000),
} as const;

/** A key for the planner. Times are milliseconds. */
export interface RotatableKey extends KeyRecord {
  /** When the key was first published. */
  readonly created_at: number;
  /** When the key began to sign. */
  readonly activated_at?: number;
}

/** One step of a rotation. All steps are done in the given order, in one transaction. */
export type RotationStep =
  | { readonly step: 'make'; readonly alg: SigningAlgorithm; readonly state: 'pending' | 'active' }
  | { readonly step: 'begin_retiring'; readonly kid: string; readonly retired_at: number }
  | { readonly step: 'activate'; readonly kid: string }
  | { readonly step: 'retire'; readonly kid: string }
  /** At once the key is not published any more, it is refused everywhere, and its private key is erased. */
  | { readonly step: 'compromise'; readonly kid: string };

/** The options for planning a rotation. */
export interface RotationPlan {
  /** The time in milliseconds since the epoch. */
  readonly now: number;
  /** The algorithms, each with a key set: ES256, and RS256 if it is configured. */
  readonly algorithms: readonly SigningAlgorithm[];
  /** The times; by default `ROTATION_TIMES`. */
  readonly times?: { readonly pending: number; readonly active: number; readonly retiring: number };
}

/** The result of `rotateNow`: the steps and when the next key signs, or else when it can be tried again. */
export type RotateNow =
  | { readonly ok: true; readonly steps: readonly RotationStep[]; readonly signs_at: number }
  | { readonly ok: false; readonly reason: 'too_many_keys'; readonly until: number };

/**
 * Plans the steps that are due (model#signing-key). A first key signs at once. A key that has signed long enough gets a successor, which
 * signs when it was published long enough. A retiring key whose time is over is retired. Usually nothing is due.
 */
export function planRotation(keys: readonly RotatableKey[], plan: RotationPlan): RotationStep[] {
  const over = keys.filter(
    (key) => key.state === 'retiring' && key.retired_at !== undefined && key.retired_at <= plan.now,
  );
  const unwanted = keys.filter((key) => !plan.algorithms.includes(key.public_jwk.alg));
  return [
    ...over.map(({ kid }): RotationStep => ({ step: 'retire', kid })),
    ...unwanted.flatMap((key) => dismiss(key, plan)),
    ...plan.algorithms.flatMap((alg) => planSet(keys, { ...plan, alg })),
  ];
}

/**
 * Plans a rotation on request: a successor is published, and signs as soon as verifiers can know it. Refused while four keys are published,
 * since some verifiers read no more.
 */
export function rotateNow(
  keys: readonly RotatableKey[],
  plan: Omit<RotationPlan, 'algorithms'> & { readonly alg: SigningAlgorithm },
): RotateNow {
  const { pending: wait } = plan.times ?? ROTATION_TIMES;
  const { active, pending } = setOf(keys, plan.alg);
  if (active === undefined) return { ok: true, steps: planSet(keys, plan), signs_at: plan.now };
  if (pending !== undefined) {
    return { ok: true, steps: planSet(keys, plan), signs_at: Math.max(plan.now, pending.created_at + wait) };
  }
  if (!hasRoom(keys, plan.now)) return { ok: false, reason: 'too_many_keys', until: nextRoom(keys, plan.now) };
  return { ok: true, steps: [{ step: 'make', alg: plan.alg, state: 'pending' }], signs_at: plan.now + wait };
}

/**
 * Plans the steps after a key has leaked: it is refused at once. If it was the signing key, another signs, even if that was not published
 * long enough.
 */
export function compromise(
  keys: readonly RotatableKey[],
  plan: RotationPlan & { readonly kid: string },
): RotationStep[] {
  const key = keys.find(({ kid }) => kid === plan.kid);
  if (key === undefined) return [];
  const others = keys.filter(({ kid }) => kid !== plan.kid);
  const { alg } = key.public_jwk;
  const isNeeded = key.state === 'active' && plan.algorithms.includes(alg);
  return [{ step: 'compromise', kid: plan.kid }, ...(isNeeded ? planSet(others, { ...plan, alg }) : [])];
}

type SetPlan = Omit<RotationPlan, 'algorithms'> & { readonly alg: SigningAlgorithm };

/** Plans one key set. A pending key exists because a rotation is due or was requested: it signs as soon as it may. */
function planSet(keys: readonly RotatableKey[], plan: SetPlan): RotationStep[] {
  const { now, alg, times = ROTATION_TIMES } = plan;
  const { active, pending } = setOf(keys, alg);
  if (active === undefined) {
    return [pending ? { step: 'activate', kid: pending.kid } : { step: 'make', alg, state: 'active' }];
  }
  if (pending !== undefined) {
    if (now - pending.created_at < times.pending) return [];
    const retired_at = now + times.retiring;
    return [
      { step: 'begin_retiring', kid: active.kid, retired_at },
      { step: 'activate', kid: pending.kid },
    ];
  }
  const isDue = now - (active.activated_at ?? active.created_at) >= times.active - times.pending;
  return isDue && hasRoom(keys, now) ? [{ step: 'make', alg, state: 'pending' }] : [];
}

/** Plans the end of a key whose set is not configured any more. Its tokens stay good; a key that never signed has none. */
function dismiss({ kid, state }: RotatableKey, { now, times = ROTATION_TIMES }: RotationPlan): RotationStep[] {
  if (state === 'active') return [{ step: 'begin_retiring', kid, retired_at: now + times.retiring }];
  return state === 'pending' ? [{ step: 'retire', kid }] : [];
}

function setOf(keys: readonly RotatableKey[], alg: SigningAlgorithm) {
  const own = keys.filter((key) => key.public_jwk.alg === alg);
  return {
    active: own.find(({ state }) => state === 'active'),
    pending: own.find(({ state }) => state === 'pending'),
  };
}

function hasRoom(keys: readonly RotatableKey[], now: number): boolean {
  return keys.filter((key) => mayVerify(key, now)).length < MAX_PUBLISHED_KEYS;
}

/** Returns when the first retiring key will be retired; in an hour if there is none. */
function nextRoom(keys: readonly RotatableKey[], now: number): number {
  const ends = keys.filter((key) => mayVerify(key, now)).flatMap(({ retired_at }) => retired_at ?? []);
  return ends.length === 0 ? now + HOUR : Math.min(...ends);
}
