import { type PasswordOwner, passwordProblem, WritError } from '@writ/core';

/** Throws `validation_failed` with a sentence for a password that is too short, too long, or easy to guess from its owner. */
export function checkNewPassword(password: string, owner: PasswordOwner, field = 'password'): void {
  const problem = passwordProblem(password, owner);
  if (problem === undefined) return;
  throw new WritError('validation_failed', {
    detail: `The password ${problem}.`,
    fields: [{ field, problem }],
  });
}
