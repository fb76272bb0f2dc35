import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { IconFingerprint } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { RequestOf } from '@writ/api';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { callOnce } from '../api/client.ts';
import { knowsPasskeys, signInPasskey } from '../api/passkey.ts';
import { useApiForm } from '../parts/form.ts';
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
  const [problem, setProblem] = useState<unknown>();
  const { form, submit } = useApiForm({
    id: 'session.create',
    initialValues: { email, password: '' },
    toBody: (values) => ({ ...values, client: 'browser' as const }),
  });
  const methods = useQuery({ queryKey: ['session.methods', {}], queryFn: () => callOnce('session.methods', {}) });
  const attempt = async (body: () => Promise<RequestOf<'session.create'>>): Promise<void> => {
    setProblem(undefined);
    try {
      const { user } = await callOnce('session.create', await body());
      form.setFieldValue('password', '');
      await done(user);
    } catch (error) {
      setProblem(error);
    }
  };
  const send = submit((body) => attempt(async () => body));
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
          {...form.getInputProps('email')}
        />
        <PasswordInput label="Password" autoComplete="current-password" required {...form.getInputProps('password')} />
        {problem === undefined ? null : <Failure error={problem} />}
        <Button type="submit" loading={form.submitting}>
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
