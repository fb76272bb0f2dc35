import { WritError } from '@writ/core';

/** What is wrong with a key file. */
interface Trouble {
  /** A clause with the path, so that it is seen where the key was looked for; without a full stop. */
  readonly problem: string;
  /** The id of the key that the database remembers; undefined while it holds nothing sealed. */
  readonly wanted: string | undefined;
}

/** The error for a key file that cannot be used as it is, though the key may well be in it. `remedy` is a clause too. */
export function unusableKeyFile({ problem, remedy, wanted }: Trouble & { readonly remedy?: string }): WritError {
  const what = remedy === undefined ? problem : `${problem}; ${remedy}.`;
  return new WritError('unavailable', { detail: wanted === undefined ? what : `${what}\n${sealedWith(wanted)}` });
}

/**
 * The error for a place that does not hold the wanted key. It says too what is lost without that key, what can still be read, and how to
 * go on, in lines that fit a terminal of 80 columns.
 */
export function lostKey({ problem, wanted }: Trouble): WritError {
  const remedy = 'restore it from your copy, or point WRIT_KEY_FILE at the right file';
  if (wanted === undefined) return unusableKeyFile({ problem, remedy, wanted });
  return new WritError('unavailable', { detail: `${problem}.\n${sealedWith(wanted)}\n\n${ADVICE}` });
}

function sealedWith(wanted: string): string {
  return `  The database is sealed with key ${wanted}.`;
}

const ADVICE = `  Look for a copy of that key. Put it at that path, with mode 600, or point
  WRIT_KEY_FILE at it.

  Without that key these are lost and must be given anew: root credentials,
  the keys that sign access tokens and checkpoints, passwords, client secrets.
  All else can still be read: connections, environments, clients, grants,
  guardrails, freezes and the whole audit log. To go on with these, take them
  into a new place (other WRIT_DATA_DIR or DATABASE_URL, other WRIT_KEY_FILE):

    writ data export --out FILE    here; it works without the key
    writ data import FILE          with the settings of the new place
    writ user reset EMAIL --local  there, for the first owner`;
