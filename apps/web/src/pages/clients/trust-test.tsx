import { Button, Group, Stack, Textarea } from '@mantine/core';
import type { OutputOf } from '@writ/api';
import type { FederatedAuth } from '@writ/core';
import { useState } from 'react';
import { brokerNow } from '../../api/clock.ts';
import { useChange } from '../../api/queries.ts';
import { Inert } from '../../parts/inert.tsx';
import { Failure } from '../../parts/states.tsx';
import { Label } from '../../parts/tags.tsx';
import { Time } from '../../parts/time.tsx';
import classes from './clients.module.css';
import { type PolicyDraft, policyOf } from './policy.ts';

type Tested = OutputOf<'clients.trust_test'>;

/** Tries an identity token of a real job against the policy that is being written. */
export function TestUnsaved({ draft }: { readonly draft: PolicyDraft }) {
  const test = useChange('clients.trust_test_unsaved', {
    title: 'Test the token',
    what: 'The issuer is asked for its keys. Nothing is issued, and the token is not kept.',
  });
  return (
    <TestToken
      test={test}
      policy={JSON.stringify(policyOf(draft))}
      run={(token, done) => test.mutate({ token, auth: policyOf(draft) }, { onSuccess: done })}
    />
  );
}

/** The same for the policy of a client that is there. */
export function TestSaved({ id, auth }: { readonly id: string; readonly auth: FederatedAuth }) {
  const test = useChange('clients.trust_test', { title: 'Test the token' });
  return (
    <TestToken
      test={test}
      policy={JSON.stringify(auth)}
      run={(token, done) => test.mutate({ id, token }, { onSuccess: done })}
    />
  );
}

interface TestTokenProps {
  readonly test: { readonly error: unknown; readonly isPending: boolean };
  /** The policy as it is now: what was found out by another is not said of it. */
  readonly policy: string;
  readonly run: (token: string, done: (tested: Tested) => void) => void;
}

function TestToken({ test, policy, run }: TestTokenProps) {
  const [token, setToken] = useState('');
  const [last, setLast] = useState<{ readonly tested: Tested; readonly policy: string; readonly at: string }>();
  const start = (): void =>
    run(token.trim(), (tested) => {
      setToken('');
      setLast({ tested, policy, at: new Date(brokerNow()).toISOString() });
    });
  const isStale = last !== undefined && last.policy !== policy;
  return (
    <Stack gap="md">
      <Textarea
        label="An identity token of a job"
        description="As the job gets it from its CI system. It is compared and forgotten."
        autosize
        minRows={2}
        maxRows={6}
        spellCheck={false}
        value={token}
        onChange={(event) => {
          setToken(event.currentTarget.value);
          setLast(undefined);
        }}
      />
      <Group>
        <Button variant="default" loading={test.isPending} disabled={token.trim() === ''} onClick={start}>
          Test the token
        </Button>
      </Group>
      <Failure error={test.error} />
      {isStale ? <p role="status">The policy was changed since the token was tested: test one again.</p> : null}
      {last && !isStale ? <Result tested={last.tested} at={last.at} /> : null}
    </Stack>
  );
}

interface ResultProps {
  readonly tested: Tested;
  readonly at: string;
}

function Result({ tested: { accepted, reason, checks, hints }, at }: ResultProps) {
  return (
    <section aria-label="How the token fared" className={classes.tested}>
      <div role="status">
        {accepted ? <Label tone="good">accepted</Label> : <Label tone="bad">refused</Label>} <Time at={at} />{' '}
        {reason === null ? null : <Inert text={reason} />}
      </div>
      <ul>
        {checks.map(({ name, wanted, found, pass }) => (
          <li key={name}>
            <Label tone={pass ? 'good' : 'bad'}>{pass ? 'fits' : 'differs'}</Label>
            <code>
              <Inert text={name} />
            </code>
            <span>
              wanted <Inert text={wanted.join(' or ')} />, found {found === null ? 'nothing' : <Inert text={found} />}
            </span>
          </li>
        ))}
      </ul>
      {hints.map(({ hint }) => (
        <p key={hint}>
          <Inert text={hint} />
        </p>
      ))}
    </section>
  );
}
