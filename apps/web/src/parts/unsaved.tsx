import { Button, Group, Modal, Stack } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';

interface UnsavedProps {
  /** Asked at the moment of leaving. */
  readonly isUnsaved: () => boolean;
  /** `Leave without making the grant?` */
  readonly title: string;
}

/** Asks before a page is left whose form holds what was typed and not sent: by a link, a step back, or the browser itself. */
export function Unsaved({ isUnsaved, title }: UnsavedProps) {
  const leaving = useBlocker({
    shouldBlockFn: ({ current, next }) => current.pathname !== next.pathname && isUnsaved(),
    enableBeforeUnload: isUnsaved,
    withResolver: true,
  });
  return (
    <Modal opened={leaving.status === 'blocked'} onClose={() => leaving.reset?.()} title={title} size="md">
      <Stack gap="md">
        <div>What you typed here is kept nowhere else.</div>
        <Group justify="flex-end" gap="sm">
          <Button variant="default" data-autofocus onClick={() => leaving.reset?.()}>
            Stay on this page
          </Button>
          <Button color="destroy" onClick={() => leaving.proceed?.()}>
            Leave, and lose it
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
