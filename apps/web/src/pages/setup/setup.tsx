import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Suspense, useState } from 'react';
import { callOnce, isSignedOut, readMe } from '../../api/client.ts';
import { forgetLinkToken, useLinkToken } from '../../api/link-token.ts';
import { later } from '../../parts/later.ts';
import { Failure, Loading } from '../../parts/states.tsx';
import { Quiet } from '../../shell/quiet.tsx';
import { SignInForm } from '../../shell/sign-in.tsx';
import { OwnerForm } from './owner-form.tsx';

const Wizard = later(async () => (await import('./wizard.tsx')).Wizard);

/** From the link that Writ printed to an agent's first call. One can leave at any step: what exists already is not asked for again. */
export function SetupPage() {
  const token = useLinkToken();
  const client = useQueryClient();
  /** The password that was chosen a moment ago, for the passkey that is offered at once. */
  const [password, setPassword] = useState<string>();
  const setup = useQuery({ queryKey: ['setup.get', {}], queryFn: () => callOnce('setup.get', {}) });
  const me = useQuery({ queryKey: ['me.get', {}], queryFn: readMe });
  const isOut = isSignedOut(me.error);
  if (me.data !== undefined)
    return (
      <Suspense fallback={<Loading />}>
        <Wizard me={me.data} password={password} forgetPassword={() => setPassword(undefined)} />
      </Suspense>
    );
  const problem = setup.error ?? (isOut ? undefined : me.error);
  if (problem)
    return <Quiet title="Set up Writ">{<Failure error={problem} retry={() => void setup.refetch()} />}</Quiet>;
  if (setup.data === undefined || !isOut) return <Quiet title="Set up Writ">{<Loading />}</Quiet>;
  if (!setup.data.open)
    return (
      <Quiet title="Go on with the set-up">
        <SignInForm
          above={<span>Writ has its owner. Sign in to go on where the set-up was left.</span>}
          done={async () => {
            forgetLinkToken();
            await client.invalidateQueries();
          }}
        />
      </Quiet>
    );
  if (token === undefined) return <Quiet title="Set up Writ">{WITHOUT_TOKEN}</Quiet>;
  return (
    <Quiet title="Set up Writ">
      <OwnerForm
        token={token}
        done={async (chosen) => {
          setPassword(chosen);
          forgetLinkToken();
          await client.invalidateQueries();
        }}
      />
    </Quiet>
  );
}

const WITHOUT_TOKEN = (
  <p>
    Writ has no owner yet. When it started, it printed a link that makes the first one: open the whole link here. It is
    good for half an hour; start Writ again for a new one.
  </p>
);
