/** How long sessions live, in milliseconds (model#session). */
export const SESSION_LIFE = 12 * 3600_000;

/** How long a session may be unused. A stored one is used when a command is run, which may be seldom. */
export const IDLE = { browser: 30 * 60_000, cli: SESSION_LIFE } as const;

/** How often its use is written down. */
export const TOUCH_EVERY = 60_000;
