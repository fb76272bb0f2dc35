import { Group, Stack } from '@mantine/core';
import { ImportEnvironments } from '../../parts/import-environments.tsx';
import { ButtonLink } from '../../parts/link.tsx';
import { Section } from '../../parts/page.tsx';
import { ReplaceToken } from './token-form.tsx';
import { Verify } from './verify.tsx';

/** What follows at once when it is added: who the token is, and the names of its environments. */
export function Added({ slug }: { readonly slug: string }) {
  return (
    <Section title="Whose root token this is" about="As the provider says, asked just now.">
      <Stack gap="lg">
        <Verify key={slug} slug={slug} atOnce rejected={<ReplaceToken slug={slug} />}>
          <ImportEnvironments
            slug={slug}
            after={
              <Group gap="sm">
                <ButtonLink to="/connections/$slug" params={{ slug }}>
                  Go to {slug}
                </ButtonLink>
              </Group>
            }
          />
        </Verify>
      </Stack>
    </Section>
  );
}
