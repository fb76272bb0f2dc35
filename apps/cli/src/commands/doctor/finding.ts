/** One thing that was looked at: `ok`, a `notice` to know of, or `wrong` with how to mend it. */
export interface Finding {
  readonly state: 'ok' | 'notice' | 'wrong';
  readonly what: string;
  /** What to do about it. */
  readonly mend?: string;
}

/** What is as it should be. */
export const ok = (what: string): Finding => ({ state: 'ok', what });

/** What is worth knowing. */
export const notice = (what: string, mend?: string): Finding => ({
  state: 'notice',
  what,
  ...(mend === undefined ? {} : { mend }),
});

/** What is wrong, and how to mend it where that is not said with it. */
export const wrong = (what: string, mend?: string): Finding => ({
  state: 'wrong',
  what,
  ...(mend === undefined ? {} : { mend }),
});
