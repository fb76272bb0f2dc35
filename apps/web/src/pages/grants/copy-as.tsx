import { Group } from '@mantine/core';
import { CopyButtonFor } from '../../parts/copy.tsx';
import { type Draft, grantsOf } from '../../parts/grant/draft.ts';
import { isComplete } from '../../parts/grant/facts.ts';
import { commandsOf, jsonOf } from './written.ts';

/** The draft to be taken elsewhere, before it is made: nothing of it until it is one that could be made. */
export function CopyAs({ draft }: { readonly draft: Draft }) {
  const grants = grantsOf(draft);
  if (!grants.every(isComplete)) return null;
  return (
    <Group gap="xs">
      <CopyButtonFor text={commandsOf(draft)}>Copy as {grants.length === 1 ? 'a command' : 'commands'}</CopyButtonFor>
      <CopyButtonFor text={jsonOf(draft)}>Copy as JSON</CopyButtonFor>
    </Group>
  );
}
