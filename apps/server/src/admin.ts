import { resetUserLocally } from '@writ/broker';
import { inert } from '@writ/core';
import { closingAfter, compose } from './compose.ts';
import { type AdminOptions, replaceKeyFile } from './key-file.ts';
import { restoreFile } from './restore.ts';
import { StartError } from './start-error.ts';
import { systemContext } from './system-context.ts';

/**
 * Runs a command on the database itself, for a person who may read the key file: `user reset <e-mail>` prints a one-time link,
 * `key-file replace` takes a new key-encryption key, `restore <file>` puts a backup into an empty place. With the embedded database the broker must be stopped first. Throws a `StartError`
 * with a sentence.
 */
export async function runAdmin(args: readonly string[], options: AdminOptions): Promise<void> {
  const [noun, verb, email] = args;
  const command = `${noun} ${verb}`;
  if (command === 'user reset' && email !== undefined && args.length === 3) await resetPassword(email, options);
  else if (command === 'key-file replace' && args.length === 2) await replaceKeyFile(options);
  else if (noun === 'restore' && verb !== undefined && isRestore(args))
    await restoreFile({ file: verb, frozen: args.length === 3 }, options);
  else {
    throw new StartError(
      `"${inert(args.join(' '))}" is no command of the server; there are: user reset <e-mail address>, key-file replace, restore <file> [--frozen]`,
    );
  }
}

function isRestore([, , frozen, ...more]: readonly string[]): boolean {
  return more.length === 0 && (frozen === undefined || frozen === '--frozen');
}

async function resetPassword(email: string, options: AdminOptions): Promise<void> {
  const composed = await compose(options.config, options);
  await closingAfter(composed, async ({ services }) => {
    const { link } = await resetUserLocally(systemContext(services), { email: email.trim().toLowerCase() });
    options.print(`This link lets ${inert(email)} choose a new password; it works once, for 24 hours:\n\n  ${link}\n`);
  });
}
