import { counted } from '../text/words.ts';

/** The shortest password, in characters: NIST SP 800-63B asks for this length if a password is the only factor. */
export const SHORTEST_PASSWORD = 15;

/** The longest password, in bytes of UTF-8. */
const LONGEST = 1024;

const FEWEST_DIFFERENT = 5;

/** The user whose password it would be. */
export interface PasswordOwner {
  readonly email?: string;
  readonly name?: string;
}

/**
 * Says what is wrong with a new password, as the rest of a sentence about it: it is too short, too long, easy to guess from its owner, or
 * has characters that nobody can type again. Undefined if nothing is wrong.
 */
export function passwordProblem(password: string, owner: PasswordOwner): string | undefined {
  const text = password.normalize('NFKC');
  const length = [...text].length;
  if (length < SHORTEST_PASSWORD)
    return `has ${counted(length, 'character', 'characters')}; it needs at least ${SHORTEST_PASSWORD}. A few words make a good one`;
  if (!text.isWellFormed()) return 'holds half a character';
  const unseen = /[\p{Cc}\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u.exec(text)?.[0];
  if (unseen !== undefined) return `holds a character that nobody sees (${codeOf(unseen)})`;
  if (new TextEncoder().encode(text).length > LONGEST) return `is longer than ${LONGEST} bytes`;
  if (new Set(text).size < FEWEST_DIFFERENT) return `repeats fewer than ${FEWEST_DIFFERENT} different characters`;
  return isOwn(text, owner) ? 'is your own name or e-mail address' : undefined;
}

function isOwn(password: string, { email = '', name = '' }: PasswordOwner): boolean {
  const [local = ''] = email.split('@', 1);
  return [email, name, local].some((own) => fold(own) !== '' && fold(password) === fold(own));
}

function codeOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Returns a text without case, spaces and punctuation: `Ada.Lovelace` and `ada lovelace` are the same guess. */
function fold(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
