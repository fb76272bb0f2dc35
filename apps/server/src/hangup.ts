import { closeSync, openSync } from 'node:fs';
import { isatty } from 'node:tty';

/** Tells whether the process was started with a terminal: whether one of its three standard files is one. */
export const startedOnTerminal = [0, 1, 2].some((fd) => isatty(fd));

/** Tells whether the process still has its controlling terminal: once the window was closed it cannot be opened any more. */
export function isTerminalThere(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}
