import { MultiSelect } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useApi } from '../../api/queries.ts';
import { REST } from '../../parts/search.ts';
import type { DraftEditor } from './use-draft.ts';

/** Resources from the inventory: by their names, kept by their ids. */
export function Resources({ editor, problem }: { readonly editor: DraftEditor; readonly problem: string | undefined }) {
  const { part, changePart } = editor;
  const [q, setQ] = useState('');
  const [wanted] = useDebouncedValue(q.trim(), REST);
  const inventory = useApi(
    'inventory.list',
    { connection: part.connection, limit: 50, ...(wanted !== '' && { q: wanted }) },
    { keepOld: true },
  );
  const found = (inventory.data?.items ?? []).map(({ kind, id, name, environments }) => ({
    value: `${kind}:${id}`,
    label: `${name ?? id} (${kind}${environments.length === 0 ? '' : ` in ${environments.slice(0, 3).join(', ')}`})`,
  }));
  const kept = part.resources
    .filter((resource) => !found.some(({ value }) => value === resource))
    .map((value) => ({ value, label: value }));
  return (
    <MultiSelect
      label="Resources"
      description="What may be acted on, from the provider's own inventory. None chosen: all that lies in the environments."
      placeholder={part.resources.length === 0 ? 'Search by name or id' : ''}
      data={[...kept, ...found]}
      value={[...part.resources]}
      searchable
      searchValue={q}
      onSearchChange={setQ}
      filter={({ options }) => options}
      nothingFoundMessage={inventory.isFetching ? 'Asking the provider ...' : 'Nothing by that name.'}
      error={
        problem ?? (inventory.error ? 'The inventory cannot be read now; ids can be written as text below.' : undefined)
      }
      onChange={(resources) => changePart((before) => ({ ...before, resources }))}
    />
  );
}
