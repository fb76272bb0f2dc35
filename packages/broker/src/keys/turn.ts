/** Carries out a plan for the signing keys: the whole plan in one transaction, by one broker at a time. */
import { type AuditKind, type JsonObject, WritError } from '@writ/core';
import {
  type EpochKey,
  getSigningKey,
  insertSigningKey,
  listSigningKeys,
  lockOrganization,
  moveSigningKey,
  revokeTokens,
  type Tx,
} from '@writ/store';
import type { RotatableKey, RotationStep, SigningAlgorithm } from '@writ/tokens';
import { change, type EventDraft } from '../audit/record.ts';
import type { Ctx } from '../context.ts';
import { makeKey, type SealedKey } from './make.ts';
import { keyRecord, LIVE_STATES, wantedAlgorithms } from './record.ts';

/** What a plan is made from: every live key, and the key sets that must exist. `now` in milliseconds. */
export interface KeysAsTheyAre {
  readonly keys: readonly RotatableKey[];
  readonly algorithms: readonly SigningAlgorithm[];
  readonly now: number;
}

/** The steps to take, and the answer. Throws a `WritError` to do nothing. */
export interface KeyTurn<T> {
  readonly steps: readonly RotationStep[];
  readonly answer: T;
}

/** A planner, and the key it concerns, which may no longer be live. */
export interface KeyPlan<T> {
  readonly kid?: string;
  readonly plan: (as: KeysAsTheyAre) => KeyTurn<T>;
}

/** What was done. */
export interface TurnResult<T> {
  readonly answer: T;
  /** Live tokens that were revoked. */
  readonly revoked: number;
}

/**
 * Makes a plan under the organization's lock and carries it out, with an audit event for each step; then every broker reads the keys
 * anew. A plan that is no longer due, because another broker was faster, does nothing.
 */
export async function turnKeys<T>(ctx: Ctx, turning: KeyPlan<T>): Promise<TurnResult<T>> {
  const made = new Map<SigningAlgorithm, SealedKey>();
  for (;;) {
    try {
      const turned = await attempt(ctx, { ...turning, made });
      await ctx.live.keys.reload();
      return turned;
    } catch (error) {
      if (!(error instanceof KeyNeeded)) throw error;
      // Made outside the transaction: an RSA key takes long, and others wait for the lock.
      made.set(error.alg, await makeKey(ctx, error.alg));
    }
  }
}

/** Thrown where a plan needs a key that has not been made yet. */
class KeyNeeded extends Error {
  readonly alg: SigningAlgorithm;

  constructor(alg: SigningAlgorithm) {
    super(`a key for ${alg} is needed`);
    this.alg = alg;
  }
}

interface Attempt<T> extends KeyPlan<T> {
  readonly made: ReadonlyMap<SigningAlgorithm, SealedKey>;
}

async function attempt<T>(ctx: Ctx, { kid, plan, made }: Attempt<T>): Promise<TurnResult<T>> {
  const { organization_id } = ctx;
  return await change(ctx, async (tx) => {
    await lockOrganization(tx, { organization_id });
    const keys = await readKeys(ctx, tx, kid);
    const algorithms = await wantedAlgorithms(tx, { organization_id });
    const now = ctx.now();
    const { steps, answer } = plan({ keys, algorithms, now });
    // Written as of the moment it was planned for: what was answered of a time is what the keys say.
    const then = { ...ctx, now: () => now };
    const done: Done[] = [];
    for (const step of steps) done.push(await carryOut(then, tx, step, made));
    return {
      result: { answer, revoked: done.reduce((sum, { revoked }) => sum + revoked, 0) },
      happened: done.map(({ happened }) => happened),
      epochs: done.flatMap(({ epochs }) => epochs),
      changes: done.map(({ kid: subject }) => ({ kind: 'key', subject })),
    };
  });
}

async function readKeys(ctx: Ctx, tx: Tx, kid: string | undefined): Promise<RotatableKey[]> {
  const { organization_id } = ctx;
  const live = await listSigningKeys(tx, { organization_id, states: LIVE_STATES });
  if (kid === undefined || live.some((key) => key.kid === kid)) return live.map(keyRecord);
  const named = await getSigningKey(tx, { organization_id, kid });
  return [...live, ...(named === undefined ? [] : [named])].map(keyRecord);
}

interface Done {
  readonly kid: string;
  readonly happened: EventDraft;
  readonly epochs: readonly EpochKey[];
  readonly revoked: number;
}

type MadeKeys = ReadonlyMap<SigningAlgorithm, SealedKey>;

async function carryOut(ctx: Ctx, tx: Tx, step: RotationStep, made: MadeKeys): Promise<Done> {
  if (step.step === 'make') {
    const key = made.get(step.alg);
    if (key === undefined) throw new KeyNeeded(step.alg);
    const now = ctx.now();
    const times = { created_at: now, ...(step.state === 'active' && { activated_at: now }) };
    await insertSigningKey(tx, { ...key, state: step.state, ...times });
    return done(key.kid, 'key.made', { alg: step.alg, state: step.state });
  }
  if (step.step === 'compromise') return await compromised(ctx, tx, step.kid);
  await move(ctx, tx, step);
  if (step.step === 'begin_retiring')
    return done(step.kid, 'key.retiring', { until: new Date(step.retired_at).toISOString() });
  return done(step.kid, step.step === 'activate' ? 'key.activated' : 'key.retired', {});
}

function done(kid: string, kind: AuditKind, data: JsonObject): Done {
  return { kid, happened: { kind, data: { kid, ...data } }, epochs: [], revoked: 0 };
}

async function move(ctx: Ctx, tx: Tx, step: Exclude<RotationStep, { step: 'make' | 'compromise' }>): Promise<void> {
  const { organization_id } = ctx;
  const at = { organization_id, kid: step.kid, now: ctx.now() };
  const moved =
    step.step === 'begin_retiring'
      ? await moveSigningKey(tx, { ...at, from: ['active'], to: 'retiring', retired_at: step.retired_at })
      : step.step === 'activate'
        ? await moveSigningKey(tx, { ...at, from: ['pending'], to: 'active' })
        : await moveSigningKey(tx, { ...at, from: ['retiring', 'pending'], to: 'retired' });
  if (moved === undefined) throw new WritError('internal', { cause: new Error(`the key ${step.kid} was moved`) });
}

/**
 * Ends a key that has leaked. Its own epoch refuses what it signed. The tokens are revoked too, because what was exchanged from them may
 * be signed with another key; and because of the organization's epoch every broker forgets all it remembers of them.
 */
async function compromised(ctx: Ctx, tx: Tx, kid: string): Promise<Done> {
  const { organization_id } = ctx;
  const now = ctx.now();
  const from = [...LIVE_STATES, 'retired'] as const;
  const moved = await moveSigningKey(tx, { organization_id, kid, from, to: 'compromised', now });
  if (moved === undefined) throw new WritError('internal', { cause: new Error(`the key ${kid} was moved`) });
  const { length: revoked } = await revokeTokens(tx, { organization_id, now, selection: { kid } });
  return {
    ...done(kid, 'key.compromised', { alg: moved.alg, revoked }),
    epochs: [
      { scope: 'key', subject: kid },
      { scope: 'organization', subject: organization_id },
    ],
    revoked,
  };
}
