import { Button, Stack } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { callOnce } from '../../api/client.ts';
import { forgetLinkToken, useLinkToken } from '../../api/link-token.ts';
import { useApiForm } from '../../parts/form.ts';
import { ButtonLink } from '../../parts/link.tsx';
import { NewPassword } from '../../parts/new-password.tsx';
import { Failure } from '../../parts/states.tsx';
import { Quiet } from '../../shell/quiet.tsx';

/** The page of an invitation or a reset: one chooses a password, and is signed in. */
export function AcceptPage() {
  const token = useLinkToken();
  const [asked, setAsked] = useState(token !== undefined);
  if (token !== undefined && !asked) setAsked(true);
  if (token === undefined && !asked)
    return (
      <Quiet title="Choose your password">
        <p>
          This page needs the whole link that an owner gave you: it ends with a token, and is good once, for a day. Open
          that link again, or ask an owner for another.
        </p>
        <ButtonLink to="/" variant="default">
          Go to the sign-in
        </ButtonLink>
      </Quiet>
    );
  return (
    <Quiet title="Choose your password">
      <AcceptForm token={token ?? ''} />
    </Quiet>
  );
}

function AcceptForm({ token }: { readonly token: string }) {
  const client = useQueryClient();
  const { form, submit, problem } = useApiForm({
    id: 'users.accept',
    initialValues: { password: '' },
    toBody: ({ password }) => ({ token, password }),
  });
  const send = submit(async (body) => {
    const { email } = await callOnce('users.accept', body);
    // The link is used up by now: where this fails, the page that comes next asks for the password.
    await callOnce('session.create', { email, password: body.password, client: 'browser' }).catch(() => undefined);
    form.reset();
    forgetLinkToken();
    client.clear();
    // Whoever was signed in before in this browser is not any more: the page begins anew.
    location.assign('/account');
  });
  return (
    <form onSubmit={send}>
      <Stack gap="md">
        <span>
          It is yours alone: whoever invited you never sees it. Afterwards you are signed in, and every earlier session
          and passkey of yours is gone.
        </span>
        <NewPassword {...form.getInputProps('password')} value={form.values.password} data-autofocus />
        <Failure error={problem} />
        <Button type="submit" loading={form.submitting}>
          Set the password and sign in
        </Button>
      </Stack>
    </form>
  );
}
