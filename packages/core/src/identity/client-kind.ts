/** The kinds of client: a coding agent, a CI job, or an administrator's script. */
export const CLIENT_KINDS = ['agent', 'ci', 'automation'] as const;
/** One kind of client. */
export type ClientKind = (typeof CLIENT_KINDS)[number];
