/** What the runner told the process: the only file of this app that reads `process.env`. */
export interface ActionConfig {
  /** Whether the job may ask for an identity token: `permissions: id-token: write`. */
  readonly hasIdentity: boolean;
  /** The repository, the workflow and the run; empty outside a runner. */
  readonly run: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the environment; an empty variable counts as unset. */
export function readConfig(env: Environment = process.env): ActionConfig {
  const given = (name: string): string | undefined => env[name]?.trim() || undefined;
  const hasIdentity = ['ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'].every(given);
  const run = given('GITHUB_RUN_ID');
  const parts = [given('GITHUB_REPOSITORY'), given('GITHUB_WORKFLOW'), run === undefined ? undefined : `run ${run}`];
  return { hasIdentity, run: parts.filter((part) => part !== undefined).join(', ') };
}
