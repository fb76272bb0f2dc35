import { ROUTES } from '@writ/api';
import { BEARER_PREFIXES, inert, type PasswordOwner, passwordProblem, SHORTEST_PASSWORD } from '@writ/core';
import type { Check, Prompt } from './prompt.ts';

const { email, name } = ROUTES['setup.create'].body.shape;

/** Checks an e-mail address as the broker does. */
export const checkEmail: Check = (answer) =>
  email.safeParse(answer).success ? undefined : 'That is no e-mail address; one looks like jo@example.com.';

/** Checks a name of a person as the broker does. */
export const checkName: Check = (answer) =>
  name.safeParse(answer).success
    ? undefined
    : 'A name has 1 to 100 characters, on one line and none of them invisible.';

/** Checks a secret that somebody else made: a root credential, a client secret, an access token. */
export const checkToken: Check = (answer) => {
  const text = answer.trim();
  if (text === '') return 'Nothing was typed.';
  const at = text.search(/[\s\p{Cc}\p{Cf}]/u);
  if (at < 0) return undefined;
  return `Character ${at + 1} of it is a space or is invisible, and no token has such. It was not taken; copy it again.`;
};

/** The length of the random part of a one-time token: 256 bits in base64url. */
const RANDOM = 43;

/** Checks a one-time link of one kind, or its token alone. */
export const checkLink =
  (kind: 'setup' | 'link'): Check =>
  (answer) => {
    if (answer === '') return 'Nothing was typed.';
    const token = tokenOf(answer);
    const other = kind === 'setup' ? 'link' : 'setup';
    if (token === '' || /^https?:/i.test(token))
      return 'The link ends before its token, which follows "#token=". Copy it to its last character, over the line break if there is one.';
    if (token.startsWith(BEARER_PREFIXES[other]))
      return kind === 'setup'
        ? 'That link is for a user who was invited: `writ user accept` takes it.'
        : 'That link makes the first owner of a new broker: `writ user setup` takes it.';
    return token.startsWith(BEARER_PREFIXES[kind]) ? lengthProblem(token, BEARER_PREFIXES[kind]) : undefined;
  };

function lengthProblem(token: string, prefix: string): string | undefined {
  const [length, whole] = [token.length, prefix.length + RANDOM];
  if (length === whole) return undefined;
  if (length > whole)
    return `More than the link was copied: its token has ${whole} characters, and these are ${length}.`;
  return `The link is cut off, perhaps at the edge of the terminal: its token has ${whole} characters, and these are ${length}. Copy it to its last character.`;
}

/** The token of a link that ends in `#token=...`; a bare token is taken as it is. */
export function tokenOf(link: string): string {
  const token = /[#?&]token=([^&\s]*)/.exec(link)?.[1];
  if (token === undefined) return link.trim();
  try {
    return decodeURIComponent(token);
  } catch {
    return token;
  }
}

/** Asks for a password to be set: twice on a terminal, so that a slip is noticed. */
export async function newPassword(
  prompt: Prompt,
  owner: PasswordOwner = {},
  what: 'password' | 'passphrase' = 'password',
): Promise<string> {
  const check: Check = (answer) => {
    const problem = passwordProblem(answer, owner);
    return problem === undefined ? undefined : `That ${what} ${inert(problem)}.`;
  };
  for (;;) {
    const password = await prompt.secret(`A new ${what}, ${SHORTEST_PASSWORD} characters or more`, check);
    if (!prompt.asks) return password;
    if ((await prompt.secret('The same again')) === password) return password;
    prompt.say('The two are not the same. Once more, both:');
  }
}
