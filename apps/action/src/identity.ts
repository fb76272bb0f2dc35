import { getIDToken } from '@actions/core';
import { Secret } from '@writ/core';
import type { ActionConfig } from './config.ts';
import { Failure } from './failure.ts';

/** Asks GitHub for the job's identity token, for Writ alone; it is masked. Throws a `Failure`. */
export async function askIdentity(config: ActionConfig, audience: string): Promise<Secret> {
  if (!config.hasIdentity)
    throw new Failure('This job may not ask for an identity token: give it `permissions: id-token: write`.');
  try {
    return new Secret(await getIDToken(audience), 'identity token');
  } catch {
    // What the library throws quotes what GitHub answered.
    throw new Failure('GitHub did not give this job an identity token.');
  }
}
