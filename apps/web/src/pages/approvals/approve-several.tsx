import { Button, Modal, Stack } from '@mantine/core';
import { useState } from 'react';
import { useChange } from '../../api/queries.ts';
import type { Approval } from '../../parts/gist.ts';
import { Failure } from '../../parts/states.tsx';
import classes from './approvals.module.css';
import { FirstLine } from './first-line.tsx';
import inbox from './inbox.module.css';
import { isTopmost } from './keys.ts';

interface SeveralProps {
  /** Those picked, as they are now. */
  readonly approvals: readonly Approval[];
  readonly done: () => void;
}

/** A yes to several requests at once, all or none: each is named once more, and one that changes meanwhile stops them all. */
export function ApproveSeveral({ approvals, done }: SeveralProps) {
  const [looked, setLooked] = useState<readonly Approval[]>();
  return (
    <div className={inbox.several}>
      <Button variant="default" size="md" onClick={() => setLooked(approvals)}>
        Approve {counted(approvals.length)}
      </Button>
      <Modal
        opened={looked !== undefined}
        onClose={() => void (isTopmost() && setLooked(undefined))}
        title="Approve together"
        size="lg"
      >
        {looked === undefined ? null : <Together looked={looked} now={approvals} done={done} />}
      </Modal>
    </div>
  );
}

interface TogetherProps {
  readonly looked: readonly Approval[];
  readonly now: readonly Approval[];
  readonly done: () => void;
}

function Together({ looked, now, done }: TogetherProps) {
  const title = `Approve ${counted(looked.length)}`;
  const approve = useChange('approvals.approve_all', {
    title,
    what: 'All of them or none. Each client repeats its request, within 15 minutes.',
  });
  const isSame = looked.every(({ id, version }) => now.some((each) => each.id === id && each.version === version));
  const send = (): void =>
    approve.mutate(
      {
        ids: looked.map(({ id }) => id),
        seen: Object.fromEntries(looked.map(({ id, version }) => [id, version])),
      },
      { onSuccess: done },
    );
  return (
    <Stack gap="md">
      {isSame ? null : (
        <p className={classes.alarm} role="alert">
          One of them has changed while you looked. Close this, and pick again.
        </p>
      )}
      <ol className={classes.plainList}>
        {looked.map((approval) => (
          <li key={approval.id}>
            <FirstLine {...approval} />
          </li>
        ))}
      </ol>
      <Failure error={approve.error} />
      <Button size="md" disabled={!isSame} loading={approve.isPending} onClick={send}>
        {title}
      </Button>
    </Stack>
  );
}

function counted(count: number): string {
  return count === 1 ? 'this request' : `these ${count} requests`;
}
