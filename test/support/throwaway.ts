import { accessSync, constants, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** Where Linux keeps files in memory for every program. */
const MEMORY = '/dev/shm';

/** What the databases of a run need at most, with room to spare, in bytes. */
const NEEDED = 4 * 1024 ** 3;

let chosen: string | undefined;

/**
 * The folder for databases that are thrown away: in memory where there is room, since a disk takes most of the time it takes to copy one; else
 * the one for temporary files. The files are as real there: only a machine that loses power would tell the difference.
 */
export function throwawayFolder(): string {
  chosen ??= hasRoom() ? MEMORY : tmpdir();
  return chosen;
}

function hasRoom(): boolean {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= NEEDED;
  } catch {
    return false;
  }
}
