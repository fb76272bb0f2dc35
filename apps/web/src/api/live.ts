import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { followEvents } from '@writ/api';
import { useEffect } from 'react';
import { call, signIn } from './client.ts';

/** Which answers of the API an event makes stale: by the beginning of its kind, the nouns of the routes. `me` counts what waits. */
const STALE: Readonly<Record<string, readonly string[]>> = {
  allowance: ['allowances', 'approvals'],
  approval: ['approvals', 'me', 'tasks'],
  client: ['clients', 'grants', 'exposure'],
  connection: ['connections', 'environments', 'operations', 'exposure'],
  credential: ['connections', 'exposure'],
  database: ['backup'],
  environment: ['environments', 'connections', 'inventory', 'grants', 'exposure'],
  freeze: ['freeze', 'approvals', 'holds'],
  grant: ['grants', 'clients', 'connections', 'exposure'],
  guardrails: ['guardrails', 'grants', 'connections'],
  hold: ['holds', 'me', 'tasks'],
  key: ['keys'],
  notification: ['notifications'],
  operation: ['operations', 'grants'],
  passkey: ['passkeys'],
  request: ['tasks', 'clients', 'refusals'],
  session: ['sessions'],
  // Writ freezes a task by itself, too.
  task: ['tasks', 'tokens', 'approvals', 'holds', 'allowances', 'freeze', 'me'],
  token: ['tokens', 'tasks', 'audit'],
  // Who may say yes depends on who there is, and in which roles.
  user: ['users', 'me', 'approvals', 'sessions'],
  vault_key: ['key_file'],
};

/** How long events are gathered before the page reads again, in milliseconds: an agent at work makes hundreds a second. */
const GATHER = 400;

/** Reads again what events have made stale, as long as the component is there. */
export function useLiveQueries(): void {
  const client = useQueryClient();
  useEffect(() => {
    const ended = new AbortController();
    void follow(client, ended.signal);
    return () => ended.abort();
  }, [client]);
}

async function follow(client: QueryClient, signal: AbortSignal): Promise<void> {
  const nouns = new Set<string>();
  const refresh = (): void => {
    const stale = new Set(nouns);
    nouns.clear();
    void client.invalidateQueries({ predicate: ({ queryKey: [id] }) => stale.has(String(id).split('.')[0] ?? '') });
  };
  const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  while (!signal.aborted) {
    try {
      const open = (after: number | undefined) =>
        call('events.stream', after === undefined ? {} : { after }, { signal });
      for await (const { kind } of followEvents({ open, wait })) {
        if (signal.aborted) return;
        // Every event is an entry of the log.
        const made = ['audit', ...(STALE[kind.split('.')[0] ?? ''] ?? [])];
        if (nouns.size === 0) setTimeout(refresh, GATHER);
        for (const noun of made) nouns.add(noun);
      }
    } catch {
      // The session ended, or the page goes away: the next sign-in begins again.
      await signIn.passed();
      await wait(1_000);
    }
  }
}
