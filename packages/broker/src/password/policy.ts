import { WritError } from '@writ/core';

/** A password is the only factor, hence as long as NIST SP 800-63B asks for then. Characters. */
export const SHORTEST = 15;

/** Bytes of UTF-8. */
export const LONGEST = 1024;

const FEWEST_DIFFERENT = 5;

/** Whose password it would be. */
export interface PasswordOwner {
  readonly email: string;
  readonly name: string;
}

/** Throws `validation_failed` with a sentence for a password that is too short, too long, or easy to guess from its owner. */
export function checkNewPassword(password: string, owner: PasswordOwner): void {
  const problem = problemWith(password.normalize('NFKC'), owner);
  if (problem === undefined) return;
  throw new WritError('validation_failed', {
    detail: `The password ${problem}.`,
    fields: [{ field: 'password', problem }],
  });
}

function problemWith(password: string, owner: PasswordOwner): string | undefined {
  const length = [...password].length;
  if (length < SHORTEST) return `has ${length} characters; it needs at least ${SHORTEST}. A few words make a good one`;
  if (!password.isWellFormed()) return 'holds half a character';
  if (Buffer.byteLength(password) > LONGEST) return `is longer than ${LONGEST} bytes`;
  if (new Set(password).size < FEWEST_DIFFERENT) return `repeats fewer than ${FEWEST_DIFFERENT} different characters`;
  const folded = fold(password);
  const [local = ''] = owner.email.split('@', 1);
  if ([owner.email, owner.name, local].some((own) => folded === fold(own))) return 'is your own name or e-mail address';
  return undefined;
}

/** Without case, spaces and punctuation: `Ada.Lovelace` and `ada lovelace` are the same guess. */
function fold(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
