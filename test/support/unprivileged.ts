import { readFileSync } from 'node:fs';

/** A system account, by number. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Whom to run Postgres as: `nobody` when this process is root, which Postgres refuses; undefined for this process's own account. */
export function unprivilegedAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const fields = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === 'nobody');
  return { uid: Number(fields?.[2] ?? 65534), gid: Number(fields?.[3] ?? 65534) };
}
