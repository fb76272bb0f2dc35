import { PasswordInput, type PasswordInputProps } from '@mantine/core';
import { passwordProblem, SHORTEST_PASSWORD } from '@writ/core';

interface NewPasswordProps extends Omit<PasswordInputProps, 'value'> {
  readonly value: string;
  /** Whose it will be: it may be neither of these. */
  readonly owner?: { readonly email?: string; readonly name?: string };
}

/** Asks for a new password, and says while it is typed what it still lacks, by the rule that the API checks it by. */
export function NewPassword({ value, owner = {}, label = 'Password', ...rest }: NewPasswordProps) {
  const problem = value === '' ? undefined : passwordProblem(value, owner);
  const rule = `At least ${SHORTEST_PASSWORD} characters. A few words make a good one; a password manager a better one.`;
  return (
    <PasswordInput
      label={label}
      autoComplete="new-password"
      required
      value={value}
      description={problem === undefined ? rule : `It ${problem}.`}
      {...rest}
    />
  );
}
