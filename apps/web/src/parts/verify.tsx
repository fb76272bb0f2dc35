import { Button, Group } from '@mantine/core';
import { ApiError } from '@writ/api';
import { type ReactNode, useEffect, useRef } from 'react';
import { useChange } from '../../api/queries.ts';
import { Inert } from '../../parts/inert.tsx';
import { TextLink } from '../../parts/link.tsx';
import { Facts } from '../../parts/page.tsx';
import { Failure, Working } from '../../parts/states.tsx';
import { useMay } from '../../shell/me.ts';
import classes from './connections.module.css';

/** How many lines of a reach are shown unfolded. */
const FEW = 12;

/** The places that a root token reaches. */
export function Reach({ reach }: { readonly reach: readonly string[] }) {
  const lines = (some: readonly string[]): ReactNode => (
    <ul className={classes.lines}>
      {some.map((line) => (
        <li key={line}>
          <Inert text={line} />
        </li>
      ))}
    </ul>
  );
  if (reach.length <= FEW) return lines(reach);
  return (
    <div>
      {lines(reach.slice(0, FEW))}
      <details className={classes.fold}>
        <summary>{reach.length - FEW} more</summary>
        {lines(reach.slice(FEW))}
      </details>
    </div>
  );
}

interface VerifyProps {
  readonly slug: string;
  /** Asks the provider at once. */
  readonly atOnce?: boolean;
  /** What stands below a root token that was accepted. */
  readonly children?: ReactNode;
  /** What stands below one that was not. */
  readonly rejected?: ReactNode;
}

/** Asks the provider whose the root token is and how far it reaches, and shows it. */
export function Verify({ slug, atOnce = false, children, rejected }: VerifyProps) {
  const verify = useChange('connections.verify', { title: 'Verify the root token' });
  const confirm = useChange('connections.verify', { title: 'Confirm' });
  const isOwner = useMay('owner');
  const asked = useRef(false);
  const { mutate } = verify;
  useEffect(() => {
    if (!atOnce || asked.current) return;
    asked.current = true;
    mutate({ connection: slug });
  }, [atOnce, mutate, slug]);
  const found = confirm.data ?? verify.data;
  if (verify.isPending) return <Working what="Asking the provider whose this token is, and how far it reaches ..." />;
  if (verify.error) {
    const isRejected = verify.error instanceof ApiError && verify.error.code === 'credential_rejected';
    return (
      <>
        {isRejected ? (
          <div className={classes.notice} data-tone="bad" role="alert">
            <strong>The provider rejected this root token</strong>
            <p>
              <Inert text={verify.error.message} /> Nothing can be done through this connection with it.
            </p>
          </div>
        ) : (
          <Failure error={verify.error} retry={() => mutate({ connection: slug })} />
        )}
        {isRejected ? rejected : null}
      </>
    );
  }
  if (found === undefined)
    return (
      <Group>
        <Button variant="default" onClick={() => mutate({ connection: slug })}>
          Verify the root token
        </Button>
      </Group>
    );
  return (
    <>
      <Facts
        facts={[
          ['Whose it is', <Inert key="identity" text={found.identity} />],
          ['How far it reaches', <Reach key="reach" reach={found.reach} />],
        ]}
      />
      {found.same_as.length === 0 ? null : (
        <div className={classes.notice} role="status">
          <strong>
            {found.confirmed ? 'Confirmed: the same token, or its like, is' : 'The same identity and reach is'} in{' '}
            {found.same_as.map((other, index) => (
              <span key={other}>
                {index > 0 ? ', ' : ''}
                <TextLink to="/connections/$slug" params={{ slug: other }}>
                  {other}
                </TextLink>
              </span>
            ))}
          </strong>
          <p>
            Grants and guardrails of one connection do not hold in the other. What is guarded there can be done here, by
            whoever is granted it here.
          </p>
          {found.confirmed ? null : isOwner ? (
            <Group>
              <Button
                variant="default"
                loading={confirm.isPending}
                onClick={() => confirm.mutate({ connection: slug, confirm: true })}
              >
                Confirm that both are meant
              </Button>
            </Group>
          ) : (
            <p>An owner confirms that both are meant.</p>
          )}
          {confirm.error ? <Failure error={confirm.error} /> : null}
        </div>
      )}
      {children}
    </>
  );
}
