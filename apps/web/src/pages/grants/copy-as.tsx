import { Button, CopyButton, Group } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { type Draft, grantsOf } from '../../parts/grant/draft.ts';
import { isComplete } from '../../parts/grant/facts.ts';
import { commandsOf } from './written.ts';

/** The draft to be taken elsewhere, before it is made: nothing of it until it is one that could be made. */
export function CopyAs({ draft }: { readonly draft: Draft }) {
  const grants = grantsOf(draft);
  if (!grants.every(isComplete)) return null;
  const json = JSON.stringify(grants.length === 1 ? grants[0] : grants, null, 2);
  return (
    <Group gap="xs">
      <CopyOne text={commandsOf(draft)} what={grants.length === 1 ? 'a command' : 'commands'} />
      <CopyOne text={json} what="JSON" />
    </Group>
  );
}

function CopyOne({ text, what }: { readonly text: string; readonly what: string }) {
  return (
    <CopyButton value={text} timeout={1_500}>
      {({ copied, copy }) => (
        <Button
          variant="default"
          size="xs"
          onClick={copy}
          leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
        >
          {copied ? 'Copied' : `Copy as ${what}`}
        </Button>
      )}
    </CopyButton>
  );
}
