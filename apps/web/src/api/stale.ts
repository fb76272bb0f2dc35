/** Which answers of the API an event makes stale: by the beginning of its kind, the nouns of the routes. `me` counts what waits. */
const STALE: Readonly<Record<string, readonly string[]>> = {
  allowance: ['allowances', 'approvals'],
  approval: ['approvals', 'me', 'tasks'],
  client: ['clients', 'grants', 'exposure'],
  connection: ['connections', 'environments', 'operations', 'exposure', 'grants', 'approvals', 'holds', 'clients'],
  credential: ['connections', 'exposure'],
  database: ['backup'],
  environment: ['environments', 'connections', 'inventory', 'grants', 'clients', 'exposure'],
  freeze: ['freeze', 'approvals', 'holds', 'tasks', 'clients'],
  grant: ['grants', 'clients', 'connections', 'exposure'],
  guardrails: ['guardrails', 'grants', 'connections', 'clients', 'exposure'],
  hold: ['holds', 'me', 'tasks'],
  key: ['keys'],
  notification: ['notifications'],
  operation: ['operations', 'grants', 'clients', 'exposure'],
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

/** Stands for every noun. */
export const EVERYTHING = '*';

/** The nouns of the routes whose answers an event of this kind makes stale. Every event is an entry of the log. */
export function staleAfter(kind: string): readonly string[] {
  return ['audit', ...(STALE[kind.split('.')[0] ?? ''] ?? [])];
}

/** How long nouns are gathered before they are read again, in milliseconds: an agent at work makes hundreds of events a second. */
const GATHER = 400;
/** The least time between the end of one round and the next, in milliseconds. */
const REST = 1_000;

/**
 * Gathers what is stale, and reads it again in rounds, one at a time.
 * @param read Reads the nouns; returns those that have to be read once more.
 */
export function createRounds(
  read: (stale: ReadonlySet<string>) => Promise<readonly string[]>,
  wait: (ms: number) => Promise<void>,
): (nouns: readonly string[]) => void {
  const gathered = new Set<string>();
  let isRunning = false;
  const run = async (): Promise<void> => {
    isRunning = true;
    await wait(GATHER);
    while (gathered.size > 0) {
      const stale = new Set(gathered);
      gathered.clear();
      for (const noun of await read(stale)) gathered.add(noun);
      await wait(REST);
    }
    isRunning = false;
  };
  return (nouns) => {
    for (const noun of nouns) gathered.add(noun);
    if (!isRunning) void run();
  };
}
