import { Button, Stack, TextInput } from '@mantine/core';
import { callOnce } from '../../api/client.ts';
import { useApiForm } from '../../parts/form.ts';
import { NewPassword } from '../../parts/new-password.tsx';
import { Failure } from '../../parts/states.tsx';

/** Makes the first owner, by the token of the link. */
export function OwnerForm({
  token,
  done,
}: {
  readonly token: string;
  readonly done: (password: string) => Promise<unknown>;
}) {
  const { form, submit, problem } = useApiForm({
    id: 'setup.create',
    initialValues: { name: '', email: '', password: '' },
    toBody: (values) => ({ ...values, setup_token: token, client: 'browser' as const }),
  });
  const send = submit(async (body) => {
    await callOnce('setup.create', body);
    await done(body.password);
  });
  const { name, email, password } = form.values;
  return (
    <form onSubmit={send}>
      <Stack gap="md">
        <span>
          You become the first owner: you connect providers, decide what agents may do, and invite others. It takes
          about three minutes, and you can leave and go on at any step.
        </span>
        <TextInput
          label="Your name"
          autoComplete="name"
          required
          data-autofocus
          description="The others see it beside what you approve."
          {...form.getInputProps('name')}
        />
        <TextInput
          label="E-mail address"
          type="email"
          autoComplete="username"
          required
          description="You sign in with it. Nothing is sent to it."
          {...form.getInputProps('email')}
        />
        <NewPassword {...form.getInputProps('password')} value={password} owner={{ email, name }} />
        <Failure error={problem} />
        <Button type="submit" loading={form.submitting}>
          Make the owner account
        </Button>
      </Stack>
    </form>
  );
}
