import { closeSync, openSync } from 'node:fs';
import { isatty } from 'node:tty';

/** Whether the process was started with a terminal before it: one of its three standard files is one. */
export const startedOnTerminal = [0, 1, 2].some((fd) => isatty(fd));

/** Whether the terminal that controls the process is there: it cannot be opened any more once its window was closed. */
export function isTerminalThere(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}
