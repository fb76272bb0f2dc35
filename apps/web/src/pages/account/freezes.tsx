import { Button, Group } from '@mantine/core';
import type { OutputOf } from '@writ/api';
import { useApi, useChange } from '../../api/queries.ts';
import { Inert } from '../../parts/inert.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { Empty, Failure, Ready } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { useMay } from '../../shell/me.ts';

/** What is stopped, by whom and why, and the way to go on. */
export function FreezesPage() {
  const freezes = useApi('freeze.list', {});
  return (
    <Page title="Freeze" about="What is frozen asks, and gets, nothing. An owner lifts a freeze.">
      <Ready query={freezes}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="Nothing is frozen">
              Everything, a connection, a client or a task can be frozen at once, where it stands.
            </Empty>
          ) : (
            items.map((freeze) => <OneFreeze key={freeze.id} freeze={freeze} />)
          )
        }
      </Ready>
    </Page>
  );
}

function OneFreeze({ freeze }: { readonly freeze: OutputOf<'freeze.list'>['items'][number] }) {
  const { id, scope, subject, reason, created_by, created_at } = freeze;
  const lift = useChange('freeze.delete', {
    title: 'Lift the freeze',
    what: 'Requests pass again from then on. Held requests wait for a person to release them.',
  });
  const mayLift = useMay('owner');
  return (
    <Section
      title={scope === 'all' ? 'Everything is frozen' : `The ${scope} ${subject ?? ''} is frozen`}
      actions={
        mayLift ? (
          <Button variant="default" loading={lift.isPending} onClick={() => lift.mutate({ id })}>
            Lift the freeze
          </Button>
        ) : null
      }
    >
      <span>
        <Inert text={reason} />
      </span>
      <Group gap="xs" c="dimmed" fz="sm">
        by {created_by}, <Time at={created_at} />
      </Group>
      {lift.error ? <Failure error={lift.error} /> : null}
    </Section>
  );
}
