import { parseArgs } from 'node:util';
import { resetUserLocally } from '@writ/broker';
import { defined, inert } from '@writ/core';
import { closingAfter, compose } from './compose.ts';
import { exportFile, importFile } from './data.ts';
import { type AdminOptions, replaceKeyFile } from './key-file.ts';
import { restoreFile } from './restore.ts';
import { StartError } from './start-error.ts';
import { systemContext } from './system-context.ts';

/**
 * Runs a command on the database itself, for a person who may read the key file: `user reset` prints a one-time link, `key-file replace`
 * takes a new key-encryption key, `restore` and `data import` fill an empty place, `data export` writes a file. With the embedded database
 * the broker must be stopped first. Throws a `StartError` with a sentence.
 */
export async function runAdmin(args: readonly string[], options: AdminOptions): Promise<void> {
  const { words, given, frozen, secrets, recipient, identity } = parsed(args);
  const [noun, verb, file, ...more] = words;
  const command = more.length > 0 ? '' : `${noun} ${verb}`;
  // An option that says nothing here would be taken for one that was followed.
  const taken = OPTIONS[noun === 'restore' ? noun : command] ?? [];
  if (given.some((option) => !taken.includes(option)) || (recipient !== undefined && !secrets)) throw unknown(args);
  if (command === 'user reset' && file !== undefined) await resetPassword(file, options);
  else if (command === 'key-file replace' && file === undefined) await replaceKeyFile(options);
  else if (noun === 'restore' && verb !== undefined && file === undefined)
    await restoreFile({ file: verb, frozen }, options);
  else if (command === 'data export' && file !== undefined)
    await exportFile({ file, withSecrets: secrets, ...defined({ recipient }) }, options);
  else if (command === 'data import' && file !== undefined)
    await importFile({ file, ...defined({ identity }) }, options);
  else throw unknown(args);
}

/** Which options a command has. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  restore: ['frozen'],
  'data export': ['with-secrets', 'recipient'],
  'data import': ['identity'],
};

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { frozen: flag, 'with-secrets': flag, recipient: text, identity: text },
    });
    const { frozen = false, 'with-secrets': secrets = false, recipient, identity } = values;
    return { words: positionals, given: Object.keys(values), frozen, secrets, recipient, identity };
  } catch {
    throw unknown(args);
  }
}

function unknown(args: readonly string[]): StartError {
  return new StartError(
    `"${inert(args.join(' '))}" is no command of the server; there are: user reset <e-mail address>, key-file replace, restore <file> [--frozen], data export <file> [--with-secrets [--recipient <public key>]], data import <file> [--identity <private key>]`,
  );
}

async function resetPassword(email: string, options: AdminOptions): Promise<void> {
  const composed = await compose(options.config, options);
  await closingAfter(composed, async ({ services }) => {
    const { link } = await resetUserLocally(systemContext(services), { email: email.trim().toLowerCase() });
    options.print(`This link lets ${inert(email)} choose a new password; it works once, for 24 hours:\n\n  ${link}\n`);
  });
}
