import { Button, Group, Stack, TextInput } from '@mantine/core';
import { IconFingerprint } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { call } from '../api/client.ts';
import { useSignInMethods } from '../api/methods.ts';
import { knowsPasskeys, makePasskey } from '../api/passkey.ts';
import { useChange } from '../api/queries.ts';
import { Failure } from './states.tsx';

/** Whether a passkey can be made here: in this browser, at this address. Undefined until that is known. */
export function useCanMakePasskey(): boolean | undefined {
  const methods = useSignInMethods();
  return knowsPasskeys() ? methods.data?.passkey : false;
}

interface AddPasskeyProps {
  /** The password, where it has just been chosen; else the person is asked for a proof. */
  readonly password?: string;
  readonly done: () => void;
  /** What leaves it. */
  readonly otherwise: { readonly name: string; readonly go: () => void };
}

/** Makes a passkey on this device, and registers it under a name by which its owner knows it again. */
export function AddPasskey({ password, done, otherwise }: AddPasskeyProps) {
  const [name, setName] = useState(usualName);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const client = useQueryClient();
  const create = useChange('passkeys.create', { title: 'Register the passkey' });
  const register = async (): Promise<void> => {
    const response = await makePasskey();
    if (password === undefined) await create.mutateAsync({ name, response });
    else await call('passkeys.create', { name, response }, { assertion: { password } });
    await client.invalidateQueries({ queryKey: ['passkeys.list'] });
    done();
  };
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      await register();
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack gap="md">
        <TextInput
          label="Name of the passkey"
          description="By which you know it again, such as the device it is on."
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Failure error={problem} />
        <Group gap="sm">
          <Button
            type="submit"
            loading={busy}
            disabled={name.trim() === ''}
            leftSection={<IconFingerprint size={16} aria-hidden />}
          >
            Make a passkey
          </Button>
          <Button variant="default" onClick={otherwise.go}>
            {otherwise.name}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What this device is likely called. */
function usualName(): string {
  const { userAgent } = navigator;
  const device = [
    [/iphone/i, 'iPhone'],
    [/ipad/i, 'iPad'],
    [/android/i, 'Android device'],
    [/mac/i, 'Mac'],
    [/windows/i, 'Windows computer'],
    [/linux|cros/i, 'Linux computer'],
  ] as const;
  return `My ${device.find(([pattern]) => pattern.test(userAgent))?.[1] ?? 'device'}`;
}
