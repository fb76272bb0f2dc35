import { Button, Group, Modal, PasswordInput, Stack } from '@mantine/core';
import { IconFingerprint } from '@tabler/icons-react';
import { ApiError, type CallOptions, type OutputOf } from '@writ/api';
import { inert } from '@writ/core';
import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import { call } from '../api/client.ts';
import { knowsPasskeys, PasskeyNotUsed, proveChange } from '../api/passkey.ts';
import { type ChangeWords, NotProven, ProofContext, ProofDesk, type Prove } from '../api/proof.ts';
import { useApi } from '../api/queries.ts';
import { Inert } from './inert.tsx';
import { sentenceOf } from './states.tsx';

/** A password, or what asks the passkey for exactly what will be sent. */
type Proof = NonNullable<CallOptions['assertion']>;

interface Pending {
  /** Counts the changes that asked: each has a dialog, and a password field, of its own. */
  readonly number: number;
  readonly words: ChangeWords;
  readonly send: (assertion: Proof) => Promise<unknown>;
  readonly done: (answer: unknown) => void;
  readonly failed: (error: unknown) => void;
}

/** Holds the dialog in which people prove who they are; a wrong password stays there, everything else goes back to the form. */
export function ProofProvider({ children }: { readonly children: ReactNode }) {
  const [pending, setPending] = useState<Pending>();
  const [desk] = useState(() => new ProofDesk<Pending>());
  const asked = useRef(0);
  const prove: Prove = (change) =>
    new Promise<unknown>((done, failed) => {
      const send = (assertion: Proof): Promise<unknown> => call(change.id, change.input, { assertion });
      asked.current += 1;
      const next = { number: asked.current, words: change, send, done, failed };
      if (desk.take(next)) setPending(next);
      else failed(new NotProven());
    }) as Promise<OutputOf<typeof change.id>>;
  return (
    <ProofContext value={prove}>
      {children}
      <ProofDialog
        key={pending?.number ?? 'none'}
        pending={pending}
        close={() => {
          if (pending !== undefined && desk.end(pending)) setPending(undefined);
        }}
      />
    </ProofContext>
  );
}

function ProofDialog({ pending, close }: { readonly pending: Pending | undefined; readonly close: () => void }) {
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const passkeys = useApi('passkeys.list', {}, { enabled: pending !== undefined && knowsPasskeys() });
  const hasPasskey = passkeys.data?.items.some(({ usable }) => usable) ?? false;
  const { title = '', what } = pending?.words ?? {};
  const look = pending?.words.danger === true ? { color: 'destroy' } : {};
  const goBack = (): void => {
    pending?.failed(new NotProven());
    close();
  };
  const attempt = async (assertion: Proof): Promise<void> => {
    if (pending === undefined) return;
    setBusy(true);
    setProblem(undefined);
    try {
      pending.done(await pending.send(assertion));
      close();
    } catch (error) {
      if (isAboutProof(error)) return setProblem(inert(sentenceOf(error)));
      pending.failed(error);
      close();
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void attempt({ password });
  };
  return (
    <Modal opened={pending !== undefined} onClose={goBack} title={<Inert text={title} />} size="sm">
      <form onSubmit={submit}>
        <Stack gap="md">
          {what === undefined ? null : <div>{typeof what === 'string' ? <Inert text={what} /> : what}</div>}
          {hasPasskey && pending !== undefined ? (
            <Button
              leftSection={<IconFingerprint size={16} aria-hidden />}
              loading={busy}
              data-autofocus
              {...look}
              onClick={() => void attempt(proveChange)}
            >
              <Inert text={title} />, with a passkey
            </Button>
          ) : null}
          <PasswordInput
            label={hasPasskey ? 'Or your password' : 'Your password'}
            description="Proves that it is you who changes this, now. It is not kept."
            autoComplete="current-password"
            required
            data-autofocus={!hasPasskey || undefined}
            value={password}
            error={problem}
            onChange={(event) => {
              setPassword(event.currentTarget.value);
              setProblem(undefined);
            }}
          />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={goBack}>
              Go back
            </Button>
            <Button
              type="submit"
              loading={busy}
              disabled={password === ''}
              {...(hasPasskey ? { variant: 'default' } : look)}
            >
              <Inert text={title} />
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** Tells whether the proof was refused, rather than the change. */
function isAboutProof(error: unknown): boolean {
  return (
    error instanceof PasskeyNotUsed ||
    (error instanceof ApiError && (error.code === 'assertion_required' || error.code === 'too_many_attempts'))
  );
}
