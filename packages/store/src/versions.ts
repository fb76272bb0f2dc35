import { WritError } from '@writ/core';

/** The minor version of all migrations that do not name one: they came before it mattered. */
export const FIRST_VERSION = '0.1';

/** The minor version that a migration belongs to: its first line, `-- version 0.2`. */
export function versionOf(text: string): string {
  return /^-- version (\d+\.\d+)\n/.exec(text)?.[1] ?? FIRST_VERSION;
}

/** The minor version of a release: `0.1` of `0.1.3`. */
export function minorOf(version: string): string {
  return version.split('.', 2).join('.');
}

/** Tells whether one minor version is newer than another. */
export function isNewer(one: string, other: string): boolean {
  const [[major = 0, minor = 0], [otherMajor = 0, otherMinor = 0]] = [numbers(one), numbers(other)];
  return major === otherMajor ? minor > otherMinor : major > otherMajor;
}

function numbers(version: string): number[] {
  return version.split('.').map(Number);
}

/** A database, and the release that opens it. */
interface Opening {
  readonly place: string;
  /** Of this release: `0.1.3`. */
  readonly version: string;
}

/**
 * The error of a database that a newer minor version has migrated: undefined where none has. What is there may mean something that this
 * release does not know, so it neither opens such a database nor goes on with it.
 */
export function newerDatabase(versions: readonly string[], { place, version }: Opening): WritError | undefined {
  const own = minorOf(version);
  const newest = versions.reduce((most, each) => (isNewer(each, most) ? each : most), own);
  if (newest === own) return undefined;
  return new WritError('unavailable', {
    detail: `The database ${place} belongs to Writ ${newest} now, which has migrated it, and this is Writ ${version}: start Writ ${newest} or a later one, or, to go back to ${own}, restore the backup that was made before the upgrade (writ restore) into an empty database.`,
  });
}
