import { Button, Group, TextInput } from '@mantine/core';
import { useMe } from '../../api/me.ts';
import { useChange } from '../../api/queries.ts';
import { useApiForm } from '../../parts/form.ts';
import { Inert } from '../../parts/inert.tsx';
import { Facts, Page, Section } from '../../parts/page.tsx';
import { Failure } from '../../parts/states.tsx';
import { Passkeys } from './passkeys.tsx';
import { PasswordSection } from './password.tsx';
import { Sessions } from './sessions.tsx';

/** One's own account: the name, the ways to sign in, and where one is signed in. */
export function AccountPage() {
  const { email, role } = useMe();
  return (
    <Page title="My account" about="Who you are here, how you sign in, and where you are signed in.">
      <Section title="You">
        <Facts
          facts={[
            ['E-mail address', <Inert key="email" text={email} />],
            ['Role', role],
          ]}
        />
        <NameForm />
      </Section>
      <Passkeys />
      <PasswordSection />
      <Sessions />
    </Page>
  );
}

function NameForm() {
  const { name } = useMe();
  const change = useChange('me.patch', { title: 'Change my name', what: 'The others see it beside what you approve.' });
  const { form, submit, problem } = useApiForm({
    id: 'me.patch',
    initialValues: { name },
    toBody: (values) => values,
  });
  const isSame = form.values.name.trim() === name;
  return (
    <form onSubmit={submit((body) => change.mutateAsync(body))}>
      <Group align="flex-end" gap="sm">
        <TextInput
          label="Name"
          description="The others see it beside what you approve."
          autoComplete="name"
          required
          {...form.getInputProps('name')}
        />
        <Button type="submit" variant="default" loading={form.submitting} disabled={isSame}>
          Change my name
        </Button>
      </Group>
      <Failure error={problem} />
    </form>
  );
}
