import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { IconFingerprint } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { RequestOf } from '@writ/api';
import { type FormEvent, type ReactNode, useState } from 'react';
import { callOnce } from '../api/client.ts';
import { knowsPasskeys, signInPasskey } from '../api/passkey.ts';
import { type Errors, problemsOf } from '../parts/problems.ts';
import { Failure } from '../parts/states.tsx';
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
  readonly done: (signedIn: { readonly id: string }) => unknown;
  readonly email?: string;
  readonly above?: ReactNode;
}

/** Asks for the address and the password, and signs in. */
export function SignInForm({ done, email = '', above }: FormProps) {
  const [typed, setTyped] = useState({ email, password: '' });
  const [errors, setErrors] = useState<Errors>({});
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const methods = useQuery({ queryKey: ['session.methods', {}], queryFn: () => callOnce('session.methods', {}) });
  const attempt = async (body: () => Promise<RequestOf<'session.create'>>): Promise<void> => {
    setProblem(undefined);
    setBusy(true);
    try {
      const { user } = await callOnce('session.create', await body());
      setTyped({ email, password: '' });
      await done(user);
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const send = (event: FormEvent): void => {
    event.preventDefault();
    const body = { ...typed, client: 'browser' as const };
    const wrong = problemsOf('session.create', body);
    setErrors(wrong);
    if (Object.keys(wrong).length === 0) void attempt(async () => body);
  };
  const usePasskey = (): void =>
    void attempt(async () => ({ passkey: await signInPasskey(), client: 'browser' as const }));
  return (
    <form onSubmit={send}>
      <Stack gap="md">
        {above}
        <TextInput
          label="E-mail address"
          type="email"
          autoComplete="username"
          required
          readOnly={email !== ''}
          value={typed.email}
          error={errors['email']}
          onChange={({ currentTarget }) => setTyped({ ...typed, email: currentTarget.value })}
        />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          required
          value={typed.password}
          error={errors['password']}
          onChange={({ currentTarget }) => setTyped({ ...typed, password: currentTarget.value })}
        />
        {problem === undefined ? null : <Failure error={problem} />}
        <Button type="submit" loading={busy}>
          Sign in
        </Button>
        {methods.data?.passkey && knowsPasskeys() ? (
          <Button variant="default" leftSection={<IconFingerprint size={16} aria-hidden />} onClick={usePasskey}>
            Sign in with a passkey
          </Button>
        ) : null}
      </Stack>
    </form>
  );
}
