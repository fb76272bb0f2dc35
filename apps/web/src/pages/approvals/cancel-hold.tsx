import { IconHandStop } from '@tabler/icons-react';
import { useChange } from '../../api/queries.ts';
import { Act } from '../../parts/act.tsx';
import type { Hold } from './words.ts';

interface CancelProps {
  readonly hold: Hold;
  readonly dead: boolean;
  readonly size: 'sm' | 'lg';
  readonly done?: (after: Hold) => void;
}

/** The way to stop what waits for its time: one press, since it only ever keeps things as they are. */
export function CancelHold({ hold, dead, size, done }: CancelProps) {
  const cancel = useChange('holds.cancel', { title: 'Cancel it' });
  return (
    <Act
      change={cancel}
      variant="filled"
      size={size}
      fullWidth={size === 'lg'}
      disabled={dead}
      leftSection={<IconHandStop size={size === 'lg' ? 20 : 16} aria-hidden />}
      onClick={() => cancel.mutate({ id: hold.id }, { onSuccess: (after) => done?.(after) })}
    >
      Cancel it, nothing is sent
    </Act>
  );
}
