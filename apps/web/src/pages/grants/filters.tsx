import { Checkbox, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { defined } from '@writ/core';
import { useEffect, useRef, useState } from 'react';
import { useApi } from '../../api/queries.ts';
import { REST } from '../../parts/search.ts';
import type { Listed } from './address.ts';
import classes from './grants.module.css';

/** Filters stand in the address, so that a list can be sent to somebody. */
export function Filtering({ filters }: { readonly filters: Listed }) {
  const go = useNavigate();
  const clients = useApi('clients.list', { limit: 1000 });
  const connections = useApi('connections.list', { limit: 1000 });
  const set = (change: Listed): void => {
    const { client, connection, q, unused } = { ...filters, ...change };
    void go({ to: '/grants', search: defined({ client, connection, q, unused: unused || undefined }), replace: true });
  };
  const { q = '' } = filters;
  const [text, setText] = useState(q);
  const sent = useRef(q);
  const send = useDebouncedCallback((wanted: string) => {
    sent.current = wanted;
    set({ q: wanted || undefined });
  }, REST);
  // A text that came from elsewhere, a link or a step back, is shown in the field.
  useEffect(() => {
    if (q === sent.current) return;
    sent.current = q;
    send.cancel();
    setText(q);
  }, [q, send]);
  const withChosen = (all: readonly string[], chosen: string | undefined): string[] => [
    ...new Set([...all, ...(chosen === undefined ? [] : [chosen])]),
  ];
  return (
    <search className={classes.filters} aria-label="Filter the grants">
      <TextInput
        aria-label="Find a grant"
        placeholder="Name, note, operation, client"
        value={text}
        onChange={({ currentTarget: { value } }) => {
          setText(value);
          send(value.trim());
        }}
      />
      <Select
        aria-label="Client"
        placeholder="Every client"
        searchable
        clearable
        limit={50}
        data={withChosen(
          (clients.data?.items ?? []).map(({ client_id }) => client_id),
          filters.client,
        )}
        value={filters.client ?? null}
        onChange={(client) => set({ client: client ?? undefined })}
      />
      <Select
        aria-label="Connection"
        placeholder="Every connection"
        searchable
        clearable
        data={withChosen(
          (connections.data?.items ?? []).map(({ slug }) => slug),
          filters.connection,
        )}
        value={filters.connection ?? null}
        onChange={(connection) => set({ connection: connection ?? undefined })}
      />
      <Checkbox
        label="Unused for 30 days"
        checked={filters.unused ?? false}
        onChange={(event) => set({ unused: event.currentTarget.checked })}
      />
    </search>
  );
}
