import type { ClientKind } from '@writ/core';

/** Who presented a token that is genuine but was stopped: known when it is refused, for the log, and for how it is told. */
export interface Holder {
  readonly client_id: string;
  readonly task_id: string;
  readonly jti: string;
  /** Of the client, where nothing but a freeze or the end of its task stands against the token. */
  readonly kind?: ClientKind;
}

const holders = new WeakMap<object, Holder>();

/** Notes whose token a refusal is about, so that the record of it can say who kept trying. */
export function rememberHolder<E>(error: E, { client_id, task_id, jti, kind }: Holder): E {
  if (typeof error !== 'object' || error === null) return error;
  holders.set(error, { ...holders.get(error), client_id, task_id, jti, ...(kind === undefined ? {} : { kind }) });
  return error;
}

/** Whose token a refusal is about; undefined where no genuine token was shown. */
export function holderOf(error: unknown): Holder | undefined {
  return typeof error === 'object' && error !== null ? holders.get(error) : undefined;
}
