/** Returns the code of an error of Node or the operating system (`ENOENT`); undefined if it has none. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EEXIST: 'there is something of that name already',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is no folder',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full for this user',
  EFBIG: 'the file would be too large for its file system',
  EROFS: 'its file system cannot be written',
  ENAMETOOLONG: 'its name is too long',
  EIO: 'the disk failed (EIO)',
};

/** Says in words, to stand after a colon, why a file could not be used: *the disk is full*; the code where there are no words for it. */
export function systemReason(error: unknown): string {
  const code = systemCode(error) ?? 'no reason was given';
  return REASONS[code] ?? code;
}
