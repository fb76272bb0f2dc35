import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { IconFingerprint } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import type { RequestOf } from '@writ/api';
import { type FormEvent, type ReactNode, useState } from 'react';
import { callOnce } from '../api/client.ts';
import { useSignInMethods } from '../api/methods.ts';
import { knowsPasskeys, signInPasskey } from '../api/passkey.ts';
import { type Errors, problemsOf } from '../parts/problems.ts';
import { Failure } from '../parts/states.tsx';
import classes from './quiet.module.css';
import { Quiet } from './quiet.tsx';

/** The page for those who are not signed in, at whatever address they came to: afterwards they are there. */
export function SignInPage() {
  const client = useQueryClient();
  return (
    <Quiet title="Sign in">
      <SignInForm done={() => client.invalidateQueries()} />
    </Quiet>
  );
}

interface FormProps {
  readonly done: (signedIn: SignedInUser) => unknown;
  readonly email?: string;
  readonly above?: ReactNode;
}

/** Who has just signed in. */
export interface SignedInUser {
  readonly id: string;
  readonly name: string;
}

/** Asks for the address and the password, or for a passkey, and signs in. */
export function SignInForm({ done, email = '', above }: FormProps) {
  const [errors, setErrors] = useState<Errors>({});
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState<'password' | 'passkey'>();
  const methods = useSignInMethods();
  const attempt = async (by: typeof busy, body: () => Promise<RequestOf<'session.create'>>): Promise<void> => {
    setProblem(undefined);
    setErrors({});
    setBusy(by);
    try {
      const { user } = await callOnce('session.create', await body());
      await done(user);
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(undefined);
    }
  };
  const send = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    // What stands in the fields, however it came there: a password manager may fill them without a word to the page.
    const typed = new FormData(event.currentTarget);
    const body = {
      email: String(typed.get('email')),
      password: String(typed.get('password')),
      client: 'browser' as const,
    };
    const wrong = problemsOf('session.create', body);
    if (Object.keys(wrong).length > 0) setErrors(wrong);
    else void attempt('password', async () => body);
  };
  const usePasskey = (): void =>
    void attempt('passkey', async () => ({ passkey: await signInPasskey(), client: 'browser' as const }));
  return (
    <form onSubmit={send} noValidate>
      <Stack gap="md">
        {above}
        <TextInput
          label="E-mail address"
          name="email"
          type="email"
          autoComplete="username"
          required
          readOnly={email !== ''}
          defaultValue={email}
          error={errors['email']}
        />
        <PasswordInput
          label="Password"
          name="password"
          autoComplete="current-password"
          required
          error={errors['password']}
        />
        <Failure error={problem} />
        <Button type="submit" loading={busy === 'password'} disabled={busy === 'passkey'}>
          Sign in
        </Button>
        {/* There at once, so that nothing moves under the finger; it goes where the broker says that its address has no passkeys. */}
        {methods.data?.passkey !== false && knowsPasskeys() ? (
          <Button
            variant="default"
            leftSection={<IconFingerprint size={16} aria-hidden />}
            loading={busy === 'passkey'}
            disabled={busy === 'password'}
            onClick={usePasskey}
          >
            Sign in with a passkey
          </Button>
        ) : null}
        <details className={classes.help}>
          <summary>Lost your password or your passkey?</summary>
          With the one you still sign in. Without either, ask an owner to reset you under People: you get a link by
          which you choose a new password. An owner who is alone stops the broker and runs, on its machine,{' '}
          <code>npx writ user reset you@example.com --local</code>.
        </details>
      </Stack>
    </form>
  );
}
