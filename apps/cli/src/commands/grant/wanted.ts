import type { RequestOf } from '@writ/api';
import { DEFAULT_TOKEN_LIFE, defined, MAX_TOKEN_LIFE, readExpiry } from '@writ/core';
import type { Command } from 'commander';
import { usage } from '../../failure.ts';
import { conditionsOf, limitsOf, scopesOf } from '../../input/scope.ts';
import { duration } from '../../output/text.ts';
import { seconds, several } from '../command.ts';

/** The options that `grantOptions` adds. */
export interface GrantOptions {
  readonly ttl?: number;
  readonly expires?: string;
  readonly name?: string;
  readonly note?: string;
  readonly resource?: string[];
  readonly where?: string[];
  readonly limit?: string[];
}

/** Adds the arguments for what is granted, and the options. */
export function grantOptions(command: Command): Command {
  return limitOptions(
    command.argument('<client>').argument('<what...>', 'connection/environment/operations; quote what has a *'),
  );
}

/** Adds the options for the limits of what is granted. */
export function limitOptions(command: Command): Command {
  return command
    .option(
      '--ttl <duration>',
      `the longest life of a token (default ${duration(DEFAULT_TOKEN_LIFE)}, at most ${duration(MAX_TOKEN_LIFE)})`,
      seconds,
    )
    .option('--expires <when>', 'when the grant ends: 30d, 8h, or a moment such as 2026-12-31T00:00:00Z')
    .option('--name <name>', 'what people call it')
    .option('--note <text>', 'why')
    .option('--resource <kind:id>', 'only these resources (may be given several times)', several)
    .option('--where <condition>', '"OPERATION PATH COMPARISON VALUE" (may be given several times)', several)
    .option(
      '--limit <limit>',
      '"COUNT OPERATIONS per task|hour|day|week", or "MOST in PATH of OPERATIONS per ..." (may be given several times)',
      several,
    );
}

/** The grants that were asked for: one for each connection and set of operations. `now` in milliseconds. */
export function wantedGrants(
  client_id: string,
  what: { readonly pieces: readonly string[]; readonly options: GrantOptions; readonly now: number },
): RequestOf<'grants.create'>[] {
  const { pieces, options, now } = what;
  const narrowed = defined({
    resources: options.resource,
    arguments: options.where === undefined ? undefined : conditionsOf(options.where),
  });
  return scopesOf(pieces).map((scope) => ({ client_id, ...scope, ...narrowed, ...limitsIn(options, now) }));
}

/** The members of a grant that say how long it lasts, how much it lets through, and why it was made. `now` in milliseconds. */
export function limitsIn(options: GrantOptions, now: number): Partial<RequestOf<'grants.create'>> {
  return defined({
    max_ttl_seconds: options.ttl,
    expires_at: options.expires === undefined ? undefined : expiryOf(options.expires, now),
    name: options.name,
    note: options.note,
    limits: options.limit === undefined ? undefined : limitsOf(options.limit),
  });
}

function expiryOf(text: string, now: number): string {
  const moment = readExpiry(text, now);
  if (moment !== undefined) return moment;
  throw usage(`--expires "${text}" is neither a duration such as 30d nor a moment such as 2026-12-31T00:00:00Z.`);
}
