import { Inert } from '../../parts/inert.tsx';
import { Facts, Page, Section } from '../../parts/page.tsx';
import { useMe } from '../../shell/me.ts';

/** One's own account. */
export function AccountPage() {
  const { name, email, role } = useMe();
  return (
    <Page title="My account">
      <Section title="You">
        <Facts
          facts={[
            ['Name', <Inert key="name" text={name} />],
            ['E-mail address', email],
            ['Role', role],
          ]}
        />
      </Section>
    </Page>
  );
}
