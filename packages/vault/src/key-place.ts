import type { Stats } from 'node:fs';

/** Where something is, and for whom it must be safe: undefined on Windows, which knows no owners and modes of this kind. */
export interface Place {
  readonly path: string;
  readonly user: number | undefined;
}

/** Says in a sentence why a key file is not safe where it is; undefined when it is. */
export function problemOfFile(file: Pick<Stats, 'uid' | 'mode' | 'isFile'>, { path, user }: Place): string | undefined {
  if (!file.isFile()) return `The key file ${path} is not a file; point WRIT_KEY_FILE at one.`;
  if (user === undefined) return undefined;
  if (file.uid !== user && file.uid !== 0) {
    return `The key file ${path} belongs to another user (${file.uid}); make it yours: chown ${user} ${path}`;
  }
  if ((file.mode & 0o077) !== 0) {
    return `The key file ${path} is open to others (mode ${modeOf(file.mode)}); run: chmod 600 ${path}`;
  }
  return undefined;
}

/** Says in a sentence who else could put another key into the folder; undefined when nobody could. */
export function problemOfFolder(folder: Pick<Stats, 'uid' | 'mode'>, { path, user }: Place): string | undefined {
  if (user === undefined) return undefined;
  if (folder.uid !== user && folder.uid !== 0) {
    return `The folder ${path} of the key file belongs to another user (${folder.uid}), who could put another key there; move the key to a folder of yours.`;
  }
  const sticky = (folder.mode & 0o1000) !== 0;
  if ((folder.mode & 0o022) !== 0 && !sticky) {
    return `Others can write to the folder ${path} of the key file (mode ${modeOf(folder.mode)}); run: chmod go-w ${path}`;
  }
  return undefined;
}

function modeOf(mode: number): string {
  return (mode & 0o777).toString(8);
}
