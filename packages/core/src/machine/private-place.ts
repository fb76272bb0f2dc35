import { dirname } from 'node:path';
import { systemCode } from './system-error.ts';

/** The owner and the mode of a file or folder, as in `stat`. */
export interface Ownership {
  readonly uid: number;
  readonly mode: number;
}

/** A file or folder that holds secrets or sealed data. */
export interface PrivatePlace {
  /** Its name as the beginning of a sentence: `The key file`. */
  readonly what: string;
  readonly path: string;
  /** The user of this process; undefined on Windows, which has no such owners and modes. */
  readonly user: number | undefined;
}

const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;
const STICKY = 0o1000;
const FOLDER = 0o040000;
const KIND = 0o170000;

/**
 * Checks the rule for every file and folder that holds secrets: it belongs to this user or root, and nobody else may read, enter or change
 * it. Returns a sentence that says what is wrong and which command repairs it; undefined if nothing is wrong.
 */
export function problemOfPrivatePlace(found: Ownership, { what, path, user }: PrivatePlace): string | undefined {
  if (user === undefined) return undefined;
  if (found.uid !== user && found.uid !== 0) {
    return `${what} ${path} belongs to another user (${found.uid}); make it yours: chown ${user} ${path}`;
  }
  if ((found.mode & OTHERS) !== 0) {
    const mode = (found.mode & KIND) === FOLDER ? '700' : '600';
    return `${what} ${path} is open to others (mode ${modeOf(found.mode)}); run: chmod ${mode} ${path}`;
  }
  return undefined;
}

/** Returns a sentence that says who else could replace a file in the folder of a private one; undefined if nobody could. */
export function problemOfFolderOf(file: string, found: Ownership, { path, user }: Omit<PrivatePlace, 'what'>) {
  if (user === undefined) return undefined;
  if (found.uid !== user && found.uid !== 0) {
    return `The folder ${path} of ${file} belongs to another user (${found.uid}), who could put another one there; move it to a folder of yours.`;
  }
  if ((found.mode & OTHERS_WRITE) !== 0 && (found.mode & STICKY) === 0) {
    return `Others can write to the folder ${path} of ${file} (mode ${modeOf(found.mode)}); run: chmod go-w ${path}`;
  }
  return undefined;
}

/**
 * Makes a folder and its missing parents. `mkdir` makes one folder, or throws the system's error. A folder that exists already is accepted;
 * anything else at the path is an error. The option `recursive` of Node never ends if a parent cannot be made, as under `/proc`.
 */
export async function makeFolders(path: string, mkdir: (path: string) => Promise<unknown>): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolders(dirname(path), mkdir);
    await mkdir(path);
  }
}

function modeOf(mode: number): string {
  return (mode & 0o777).toString(8);
}
