import { WritError } from '@writ/core';

/** The error where what is to be taken back is not there any more. */
export function changedSince(what: string, command: string): WritError {
  const detail = `${what} changed since, so nothing was taken back. Look at it, and change it by hand: ${command}`;
  return new WritError('conflict', { detail });
}
