import { Button, Group } from '@mantine/core';
import { ApiError, type OutputOf } from '@writ/api';
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import { useChange } from '../api/queries.ts';
import { Inert } from './inert.tsx';
import { TextLink } from './link.tsx';
import { Notice } from './notice.tsx';
import { Facts } from './page.tsx';
import { Reach } from './reach.tsx';
import { Failure, Working } from './states.tsx';

interface VerifyProps {
  readonly slug: string;
  /** Whether this person may confirm that two connections are meant to have the same root credential. */
  readonly isOwner: boolean;
  /** Asks the provider at once. */
  readonly atOnce?: boolean;
  /** True where the page itself shows what was found. */
  readonly isShown?: boolean;
  /** What stands below a root credential that was accepted. */
  readonly children?: ReactNode;
  /** What stands below one that was not. */
  readonly rejected?: ReactNode;
}

/** Asks the provider whose the root credential is and how far it reaches, as often as somebody wants to know, and shows it. */
export function Verify({ slug, isOwner, atOnce = false, isShown = false, children, rejected }: VerifyProps) {
  const verify = useChange('connections.verify', { title: 'Verify the root credential' });
  /** What was found last: it stays while the provider is asked again. */
  const [found, setFound] = useState<Found>();
  const asked = useRef(false);
  const { mutate } = verify;
  const start = useCallback(() => mutate({ connection: slug }, { onSuccess: setFound }), [mutate, slug]);
  useEffect(() => {
    if (!atOnce || asked.current) return;
    asked.current = true;
    start();
  }, [atOnce, start]);
  const ask = (
    <Group gap="sm">
      <Button variant="default" loading={verify.isPending} onClick={start}>
        {found || verify.error ? 'Verify the root credential again' : 'Verify the root credential'}
      </Button>
      {verify.isPending ? <Working what="Asking the provider whose it is, and how far it reaches ..." /> : null}
    </Group>
  );
  if (verify.error)
    return (
      <>
        <NotVerified error={verify.error} />
        {ask}
        {rejected}
      </>
    );
  if (found === undefined) return ask;
  return (
    <>
      {isShown ? null : (
        <Facts
          facts={[
            ['Whose it is', <Inert key="identity" text={found.identity} />],
            ['How far it reaches', <Reach key="reach" reach={found.reach} />],
          ]}
        />
      )}
      {found.same_as.length === 0 ? null : <SameAs slug={slug} found={found} isOwner={isOwner} again={start} />}
      {ask}
      {children}
    </>
  );
}

function NotVerified({ error }: { readonly error: unknown }) {
  if (!(error instanceof ApiError && error.code === 'credential_rejected')) return <Failure error={error} />;
  return (
    <Notice tone="bad" title="The provider rejected this root credential">
      <p>
        <Inert text={error.message} /> Nothing can be done through this connection with it: replace it.
      </p>
    </Notice>
  );
}

type Found = OutputOf<'connections.verify'>;

interface SameProps {
  readonly slug: string;
  readonly found: Found;
  readonly isOwner: boolean;
  /** Asks once more: what was confirmed counts from then on. */
  readonly again: () => void;
}

function SameAs({ slug, found: { same_as, confirmed }, isOwner, again }: SameProps) {
  const confirm = useChange('connections.verify', { title: 'Confirm that both are meant' });
  return (
    <Notice
      tone={confirmed ? 'good' : 'warn'}
      title={
        <>
          {confirmed ? 'Confirmed: the same root credential, or its like, is' : 'The same identity and reach is'} in{' '}
          {same_as.map((other, index) => (
            <span key={other}>
              {index > 0 ? ', ' : ''}
              <TextLink to="/connections/$slug" params={{ slug: other }} underline="always">
                {other}
              </TextLink>
            </span>
          ))}
        </>
      }
    >
      <p>
        Grants and guardrails of one connection do not hold in the other. What is guarded there can be done here, by
        whoever is granted it here.
      </p>
      {confirmed ? null : isOwner ? (
        <Group>
          <Button
            variant="default"
            loading={confirm.isPending}
            onClick={() => confirm.mutate({ connection: slug, confirm: true }, { onSuccess: again })}
          >
            Confirm that both are meant
          </Button>
        </Group>
      ) : (
        <p>An owner confirms that both are meant.</p>
      )}
      <Failure error={confirm.error} />
    </Notice>
  );
}
