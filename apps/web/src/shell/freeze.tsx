import { ActionIcon, Button } from '@mantine/core';
import { IconSnowflake } from '@tabler/icons-react';
import { useMay } from '../api/me.ts';
import { useApi } from '../api/queries.ts';
import { Freeze } from '../parts/freeze.tsx';
import { TextLink } from '../parts/link.tsx';

/** Stops every agent at once: always at hand, until everything is frozen. That something is frozen is said beside it. */
export function FreezeButton({ compact = false }: { readonly compact?: boolean }) {
  const may = useMay('approver');
  const freezes = useApi('freeze.list', { limit: 100 });
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
      <Freeze
        subject={{ all: true }}
        button={(open) =>
          compact ? (
            <ActionIcon variant="default" size="lg" aria-label="Freeze everything" onClick={open}>
              <IconSnowflake size={18} aria-hidden />
            </ActionIcon>
          ) : (
            <Button variant="default" leftSection={<IconSnowflake size={15} aria-hidden />} onClick={open}>
              Freeze everything
            </Button>
          )
        }
      />
    </>
  );
}
