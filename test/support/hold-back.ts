import type { Ctx, UserActor } from '@writ/broker';

/** A request whose transaction is done but for its commit, which waits to be told. */
export interface HeldBack {
  readonly ctx: Ctx<UserActor>;
  readonly done: Promise<void>;
  readonly commit: () => void;
}

/** Holds the transaction of a request back before its commit. */
export function holdBack(asking: Ctx<UserActor>): HeldBack {
  const [done, told] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const { store } = asking;
  const transaction: typeof store.transaction = (work) =>
    store.transaction(async (tx) => {
      const result = await work(tx);
      done.resolve();
      await told.promise;
      return result;
    });
  const ctx = { ...asking, store: Object.assign(Object.create(store), { transaction }) };
  return { ctx, done: done.promise, commit: told.resolve };
}
