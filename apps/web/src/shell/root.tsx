import { useQuery } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { Suspense, useEffect } from 'react';
import { callOnce, isSignedOut, readMe, signIn, Unreachable } from '../api/client.ts';
import { later } from '../parts/later.ts';
import { Failure, Loading } from '../parts/states.tsx';
import { Outage } from './outage.tsx';
import { Quiet } from './quiet.tsx';
import { SignInPage } from './sign-in.tsx';

/** What is around every page: the banner of an outage. */
export function Root() {
  return (
    <>
      <Outage />
      <Outlet />
    </>
  );
}

/** Loaded for those who are signed in: the sign-in page needs none of it. */
const Inside = later(async () => (await import('./inside.tsx')).Inside);

/** The pages behind a sign-in: who is not signed in signs in at the same address. */
export function SignedIn() {
  const me = useQuery({ queryKey: ['me.get', {}], queryFn: readMe });
  const setup = useQuery({
    queryKey: ['setup.get', {}],
    queryFn: () => callOnce('setup.get', {}),
    enabled: isSignedOut(me.error),
  });
  const hasEnded = me.data !== undefined && isSignedOut(me.error);
  useEffect(() => {
    if (hasEnded) signIn.open();
  }, [hasEnded]);
  if (me.data !== undefined)
    return (
      <Suspense fallback={<Loading />}>
        <Inside me={me.data} />
      </Suspense>
    );
  if (setup.data?.open) return <NotSetUp />;
  if (isSignedOut(me.error)) return setup.isPending ? null : <SignInPage />;
  if (me.error instanceof Unreachable) return <Quiet title="Writ does not answer">{NOT_THERE}</Quiet>;
  if (me.error)
    return <Quiet title="Something went wrong">{<Failure error={me.error} retry={() => void me.refetch()} />}</Quiet>;
  return <Quiet title="Writ">{<Loading />}</Quiet>;
}

const NOT_THERE = (
  <p>
    The broker at this address is stopped, or the network to it is down. This page asks again every two seconds, and
    goes on by itself.
  </p>
);

function NotSetUp() {
  return (
    <Quiet title="Not set up yet">
      <p>
        Writ has no owner yet. When it started, it printed a link that makes the first one: open that link here. It is
        good for half an hour; start the broker again for a new one.
      </p>
    </Quiet>
  );
}
