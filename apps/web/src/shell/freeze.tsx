import { ActionIcon, Button, Modal, Stack, Textarea } from '@mantine/core';
import { IconSnowflake } from '@tabler/icons-react';
import { useState } from 'react';
import { useApi, useChange } from '../api/queries.ts';
import { TextLink } from '../parts/link.tsx';
import { Failure } from '../parts/states.tsx';
import { useMay } from './me.ts';

/** Stops every agent at once: always at hand, until everything is frozen. That something is frozen is said beside it. */
export function FreezeButton({ compact = false }: { readonly compact?: boolean }) {
  const [opened, setOpened] = useState(false);
  const may = useMay('approver');
  const freezes = useApi('freeze.list', { limit: 1000 });
  const inForce = freezes.data?.items ?? [];
  const frozen =
    inForce.length > 0 ? (
      <TextLink to="/freeze" size="sm" fw={600} c="var(--writ-waits)">
        <IconSnowflake size={14} aria-hidden /> Frozen
      </TextLink>
    ) : null;
  if (!may || inForce.some(({ scope }) => scope === 'all')) return frozen;
  return (
    <>
      {frozen}
      {compact ? (
        <ActionIcon variant="default" size="lg" aria-label="Freeze" onClick={() => setOpened(true)}>
          <IconSnowflake size={18} aria-hidden />
        </ActionIcon>
      ) : (
        <Button variant="default" leftSection={<IconSnowflake size={15} aria-hidden />} onClick={() => setOpened(true)}>
          Freeze
        </Button>
      )}
      <Modal opened={opened} onClose={() => setOpened(false)} title="Freeze everything">
        <FreezeForm done={() => setOpened(false)} />
      </Modal>
    </>
  );
}

function FreezeForm({ done }: { readonly done: () => void }) {
  const [reason, setReason] = useState('');
  const freeze = useChange('freeze.create', { title: 'Freeze everything' });
  return (
    <Stack gap="md">
      <span>
        No request of any client passes from now on, on any connection, and no token is issued. Answers under way are
        cut off. An owner lifts it.
      </span>
      <Textarea
        label="Reason"
        description="The agents that are stopped and the other admins read it."
        value={reason}
        maxLength={200}
        autosize
        data-autofocus
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {freeze.error ? <Failure error={freeze.error} /> : null}
      <Button
        color="destroy"
        loading={freeze.isPending}
        disabled={reason.trim() === ''}
        onClick={() => freeze.mutate({ all: true, reason }, { onSuccess: done })}
      >
        Freeze everything
      </Button>
    </Stack>
  );
}
