import { Button } from '@mantine/core';
import type { OutputOf } from '@writ/api';
import { inert } from '@writ/core';
import { useApiList, useChange } from '../../api/queries.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { Inert } from '../../parts/inert.tsx';
import { List } from '../../parts/list.tsx';
import { Section } from '../../parts/page.tsx';
import { Empty } from '../../parts/states.tsx';
import { Label } from '../../parts/tags.tsx';
import { Time } from '../../parts/time.tsx';

type Session = OutputOf<'sessions.list'>['items'][number];

/** Where one is signed in, and until when. */
export function Sessions() {
  const list = useApiList('sessions.list', {});
  const others = useChange('sessions.delete_others', { title: 'Sign out everywhere else' });
  const hasOthers = list.items?.some(({ current }) => !current) ?? false;
  return (
    <Section
      title="Where you are signed in"
      about="A session you do not know? End it, then change your password."
      actions={
        hasOthers ? (
          <Confirm
            title="Sign out everywhere else"
            run={() => others.mutateAsync({})}
            button={(open) => (
              <Button variant="default" onClick={open}>
                Sign out everywhere else
              </Button>
            )}
          >
            Every session of yours but this one ends at once, those of the command line too.
          </Confirm>
        ) : null
      }
    >
      <List
        label="Sessions"
        list={list}
        keyOf={({ id }) => id}
        empty={<Empty title="No session">You are signed in nowhere.</Empty>}
        columns={[
          { name: 'Device', cell: (session) => <Device session={session} /> },
          { name: 'Address', width: '150px', cell: ({ address }) => <Inert text={address ?? 'not known'} /> },
          { name: 'Signed in', width: '140px', cell: ({ created_at }) => <Time at={created_at} /> },
          { name: 'Last seen', width: '140px', cell: ({ last_seen_at }) => <Time at={last_seen_at} /> },
          { name: 'Ends', width: '120px', cell: ({ expires_at }) => <Time at={expires_at} /> },
          { name: 'Actions', width: '170px', cell: (session) => <EndSession session={session} /> },
        ]}
      />
    </Section>
  );
}

function nameOf({ device, client }: Session): string {
  return device ?? (client === 'cli' ? 'Command line' : 'A browser');
}

function Device({ session }: { readonly session: Session }) {
  return (
    <>
      <Inert text={nameOf(session)} /> {session.current ? <Label tone="good">this one</Label> : null}
    </>
  );
}

function EndSession({ session }: { readonly session: Session }) {
  const end = useChange('sessions.delete', { title: 'End the session' });
  if (session.current) return null;
  return (
    <Confirm
      title="End the session"
      run={() => end.mutateAsync({ id: session.id })}
      button={(open) => (
        <Button variant="default" size="xs" aria-label={`End the session on ${inert(nameOf(session))}`} onClick={open}>
          End the session
        </Button>
      )}
    >
      Whoever uses it, on <Inert text={session.device ?? 'a device that is not known'} />, is signed out at once.
    </Confirm>
  );
}
