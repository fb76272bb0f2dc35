import { defined } from '@writ/core';
/** One thing that was looked at: `ok`, a `notice` to know of, or `wrong` with how to put it right. */
export interface Finding {
  readonly state: 'ok' | 'notice' | 'wrong';
  readonly what: string;
  /** What to do about it. */
  readonly remedy?: string;
}

/** What is as it should be. */
export const ok = (what: string): Finding => ({ state: 'ok', what });

/** What is worth knowing. */
export const notice = (what: string, remedy?: string): Finding => ({
  state: 'notice',
  what,
  ...defined({ remedy }),
});

/** What is wrong, and how to put it right where that is not said with it. */
export const wrong = (what: string, remedy?: string): Finding => ({
  state: 'wrong',
  what,
  ...defined({ remedy }),
});
