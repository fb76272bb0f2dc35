import { type Log, resetUserLocally } from '@writ/broker';
import { inert, WritError } from '@writ/core';
import { compose } from './compose.ts';
import type { ServerConfig } from './config.ts';
import { StartError } from './start-error.ts';
import { systemContext } from './system-context.ts';

/** What the commands on the machine itself are run with. */
export interface AdminOptions {
  readonly config: ServerConfig;
  readonly log: Log;
  readonly print: (line: string) => void;
  /** Ends the process: the embedded database may no longer be its own. */
  readonly onLost: (error: StartError) => void;
}

/**
 * Runs a command on the database itself, for a person who may read the key file: `user reset <e-mail>` prints a one-time link. With the
 * embedded database the broker must be stopped first. Throws a `StartError` with a sentence.
 */
export async function runAdmin(args: readonly string[], options: AdminOptions): Promise<void> {
  const [noun, verb, email, ...rest] = args;
  if (noun !== 'user' || verb !== 'reset' || email === undefined || rest.length > 0) {
    throw new StartError(
      `"${inert(args.join(' '))}" is no command of the server; there is: user reset <e-mail address>`,
    );
  }
  const { services, close } = await compose(options.config, options.log, options.onLost);
  try {
    const { link } = await resetUserLocally(systemContext(services), { email: email.trim().toLowerCase() });
    options.print(`This link lets ${inert(email)} choose a new password; it works once, for 24 hours:\n\n  ${link}\n`);
  } catch (error) {
    if (error instanceof WritError) throw new StartError(error.message, { cause: error });
    throw error;
  } finally {
    await close();
  }
}
