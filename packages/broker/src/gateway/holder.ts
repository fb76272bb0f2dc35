/** Who presented a token that is genuine but was stopped: known when it is refused, for the log alone. */
export interface Holder {
  readonly client_id: string;
  readonly task_id: string;
  readonly jti: string;
}

const holders = new WeakMap<object, Holder>();

/** Notes whose token a refusal is about, so that the record of it can say who kept trying. */
export function rememberHolder(error: unknown, { client_id, task_id, jti }: Holder): void {
  if (typeof error === 'object' && error !== null) holders.set(error, { client_id, task_id, jti });
}

/** Whose token a refusal is about; undefined where no genuine token was shown. */
export function holderOf(error: unknown): Holder | undefined {
  return typeof error === 'object' && error !== null ? holders.get(error) : undefined;
}
