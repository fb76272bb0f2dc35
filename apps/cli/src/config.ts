import { homedir } from 'node:os';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { defined, Secret } from '@writ/core';

/** The settings from the environment: the only file of this app that reads `process.env`. */
export interface CliConfig {
  /** The broker, unless `--url` names another. */
  readonly url?: string;
  /** An access token of an automation client, in the place of a stored session. */
  readonly token?: Secret;
  /** The words by which this program is called: `writ` where it is on the path, else `npx writ`. */
  readonly program: string;
  /** True for a terminal that understands no control sequences. */
  readonly plainTerminal: boolean;
  /** Where sessions are stored. */
  readonly configDir: string;
  /** The files that a broker started from this environment would use: for `doctor`. */
  readonly broker: { readonly dataDir: string; readonly keyFile: string; readonly usesPostgres: boolean };
}

/** How the process was started. `argv0` is what `bin/writ.mjs` was called as, where another Node than the project's ran it. */
type ProcessStart = { readonly argv: readonly string[]; readonly argv0: string };

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the environment; an empty variable counts as unset. */
export function readConfig(env: Environment = process.env, called: ProcessStart = process): CliConfig {
  const given = (name: string): string | undefined => env[name]?.trim() || undefined;
  const configDir = join(folder(given('XDG_CONFIG_HOME'), '.config'), 'writ');
  const url = given('WRIT_URL');
  const token = given('WRIT_TOKEN');
  return {
    ...defined({ url }),
    ...(token !== undefined && { token: new Secret(token, 'access token') }),
    program: programOf(given('npm_lifecycle_event'), called),
    plainTerminal: given('TERM') === 'dumb',
    configDir: resolve(given('WRIT_CONFIG_DIR') ?? configDir),
    broker: {
      dataDir: resolve(given('WRIT_DATA_DIR') ?? join(folder(given('XDG_DATA_HOME'), '.local/share'), 'writ')),
      keyFile: resolve(given('WRIT_KEY_FILE') ?? join(configDir, 'key')),
      usesPostgres: given('DATABASE_URL') !== undefined,
    },
  };
}

/** The program that npm ran, by npm's own variable: `npx`, or one of the package's scripts. */
function programOf(event: string | undefined, { argv: [, script = ''], argv0 }: ProcessStart): string {
  if (event === 'writ') return 'npm run writ --';
  return event === undefined && (basename(script) === 'writ' || argv0 === 'writ') ? 'writ' : 'npx writ';
}

function folder(given: string | undefined, fallback: string): string {
  return given !== undefined && isAbsolute(given) ? given : resolve(homedir(), fallback);
}
