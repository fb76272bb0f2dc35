import { Button, Group, Stack } from '@mantine/core';
import { counted, passwordProblem } from '@writ/core';
import { useMe } from '../../api/me.ts';
import { useChange } from '../../api/queries.ts';
import { useApiForm } from '../../parts/form.ts';
import { NewPassword } from '../../parts/new-password.tsx';
import { Section } from '../../parts/page.tsx';
import { Failure } from '../../parts/states.tsx';

/** Changes one's own password; the old one, or a passkey, proves it. */
export function PasswordSection() {
  const me = useMe();
  const change = useChange('me.password', {
    title: 'Change my password',
    what: 'Give your password as it is now, or a passkey. Your other sessions end.',
  });
  const { form, submit, problem } = useApiForm({
    id: 'me.password',
    initialValues: { new_password: '' },
    toBody: (values) => values,
  });
  const send = submit(async (body) => {
    // Before anybody is asked for a proof: the API says the same afterwards.
    const wrong = passwordProblem(body.new_password, me);
    if (wrong !== undefined) return form.setFieldError('new_password', `It ${wrong}.`);
    await change.mutateAsync(body);
    form.reset();
  });
  const ended = change.data?.sessions_ended;
  return (
    <Section title="Password" about="Changing it ends all of your other sessions.">
      <form onSubmit={send}>
        <Stack gap="md" maw={420}>
          <NewPassword
            label="New password"
            {...form.getInputProps('new_password')}
            value={form.values.new_password}
            owner={me}
          />
          <Failure error={problem} />
          {ended === undefined ? null : (
            <div role="status">
              Your password is changed. {counted(ended, 'other session was', 'other sessions were')} ended.
            </div>
          )}
          <Group>
            <Button
              type="submit"
              variant="default"
              loading={form.submitting}
              disabled={form.values.new_password === ''}
            >
              Change my password
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
