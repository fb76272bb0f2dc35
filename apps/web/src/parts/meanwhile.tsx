import { Button, Group } from '@mantine/core';
import { Notice } from './notice.tsx';

/** Says that what a form began with is no longer so: sent as it is, it would undo what somebody else decided. */
export function ChangedMeanwhile({ readAgain }: { readonly readAgain: () => void }) {
  return (
    <Notice tone="warn" title="Somebody else changed it meanwhile">
      <p>What you see is as it was when you opened it. Read it again before you change it.</p>
      <Group>
        <Button variant="default" onClick={readAgain}>
          Read it again
        </Button>
      </Group>
    </Notice>
  );
}
