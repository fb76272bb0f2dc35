/** The kinds of client, by what it is for: a coding agent, a CI job, or an admin's own script. */
export const CLIENT_KINDS = ['agent', 'ci', 'automation'] as const;
/** One of them. */
export type ClientKind = (typeof CLIENT_KINDS)[number];
