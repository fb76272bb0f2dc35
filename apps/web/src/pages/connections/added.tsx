import { Group, Stack } from '@mantine/core';
import { useMay } from '../../api/me.ts';
import { useApi } from '../../api/queries.ts';
import { ImportEnvironments } from '../../parts/import-environments.tsx';
import { ButtonLink } from '../../parts/link.tsx';
import { Section } from '../../parts/page.tsx';
import { versionsOf } from '../../parts/providers.ts';
import { ReplaceCredential } from '../../parts/replace-credential.tsx';
import { Ready } from '../../parts/states.tsx';
import { Verify } from '../../parts/verify.tsx';

/** What follows at once when it is added: whose root credential it is, and the names of its environments. */
export function Added({ slug }: { readonly slug: string }) {
  const connection = useApi('connections.get', { connection: slug });
  const isOwner = useMay('owner');
  return (
    <Section title="Whose root credential this is" about="As the provider says, asked just now.">
      <Ready query={connection}>
        {(it) => (
          <Stack gap="lg">
            <Verify
              key={versionsOf(it)}
              slug={slug}
              isOwner={isOwner}
              atOnce
              rejected={<ReplaceCredential slug={slug} credential={it.credentials[0]} />}
            >
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
        )}
      </Ready>
    </Section>
  );
}
