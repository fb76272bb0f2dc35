import { defined } from '@writ/core';
/** One thing that was looked at: `ok`, a `notice` to know of, or `wrong` with how to put it right. */
export interface Finding {
  readonly state: 'ok' | 'notice' | 'wrong';
  readonly what: string;
  /** What to do about it. */
  readonly remedy?: string;
}

/** A finding that all is well. */
export const ok = (what: string): Finding => ({ state: 'ok', what });

/** A finding worth knowing. */
export const notice = (what: string, remedy?: string): Finding => ({
  state: 'notice',
  what,
  ...defined({ remedy }),
});

/** A finding of a fault, with its remedy where the sentence does not give it. */
export const wrong = (what: string, remedy?: string): Finding => ({
  state: 'wrong',
  what,
  ...defined({ remedy }),
});
