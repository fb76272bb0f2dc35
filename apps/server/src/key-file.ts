import { randomBytes } from 'node:crypto';
import { type Log, type RootCredential, replaceKey, rootCredentials } from '@writ/broker';
import { inert } from '@writ/core';
import { type LocalKey, nextKeyFile, openKeyFile, takeNextKeyFile } from '@writ/vault';
import { type BrokerParts, closingAfter, compose } from './compose.ts';
import type { ServerConfig } from './config.ts';
import type { StartError } from './start-error.ts';
import { systemContext } from './system-context.ts';

/** The parts that the commands on the machine itself use. */
export interface AdminOptions {
  readonly config: ServerConfig;
  readonly log: Log;
  readonly print: (line: string) => void;
  /** Ends the process: the embedded database may no longer be its own. */
  readonly onLost: (error: StartError) => void;
}

/**
 * `key-file replace`: makes a new key beside the key file, seals the database with it, then moves it to the key file's place. Killed
 * before the database has committed, the old key holds; after it, running the command again moves the file. Throws a `StartError`.
 */
export async function replaceKeyFile({ config, log, print, onLost }: AdminOptions): Promise<void> {
  const next = await nextKeyFile(config.keyFile);
  const composed = await compose(config, { log, onLost, keyFiles: [config.keyFile, next] });
  await closingAfter(composed, async ({ services, key }) => {
    const before = await openKeyFile(config.keyFile, { mayCreate: false, randomBytes });
    const after = before.kekId === key.kekId ? await seal(composed, before, next) : key;
    const kept = await takeNextKeyFile(config.keyFile, before.kekId);
    const credentials = await rootCredentials(systemContext(services));
    print(report({ before, after, kept, keyFile: config.keyFile, credentials }));
  });
}

async function seal({ services }: BrokerParts, from: LocalKey, next: string): Promise<LocalKey> {
  // It exists already where an earlier attempt was killed before the database was sealed with it.
  const to = await openKeyFile(next, { mayCreate: true, randomBytes });
  await replaceKey(systemContext(services), { from, to });
  return to;
}

interface Report {
  readonly before: LocalKey;
  readonly after: LocalKey;
  readonly keyFile: string;
  readonly kept: string;
  readonly credentials: readonly RootCredential[];
}

function report({ before, after, keyFile, kept, credentials }: Report): string {
  return [
    `The database is sealed with key ${after.kekId}, which is in ${keyFile}. Key ${before.kekId} opens it no more.`,
    'Every session and one-time link has ended: sign in again. Brokers that still run on the old key stop; give them the new key file.',
    `The old key is in ${kept}: it opens copies of the database that were made before. Take it off this machine, or delete it.`,
    ...advice(credentials),
  ].join('\n');
}

function advice(credentials: readonly RootCredential[]): string[] {
  if (credentials.length === 0) return [];
  const lines = credentials.map(({ connection, kind, environments, created_at }) => {
    const bound = environments === null ? '' : ` for ${environments.join(', ')}`;
    return `  ${connection}: ${inert(kind)}${inert(bound)}, since ${new Date(created_at).toISOString()}`;
  });
  return [
    '',
    'If the old key may have leaked, replace each of these root credentials at its provider, then here (writ connections credential):',
    ...lines,
    'The keys that sign access tokens were sealed with it too: writ key list, writ key compromise.',
  ];
}
