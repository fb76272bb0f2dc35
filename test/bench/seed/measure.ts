/**
 * `node --conditions=source test/bench/seed/measure.ts <url> <email> [<milliseconds>]`, the password from the standard input: how long each list
 * takes of a broker whose database was filled by `npm run seed`. Those over so many milliseconds (200) are marked.
 */
import { text } from 'node:stream/consumers';
import { signIn } from '../../support/owner.ts';

/** How often each is asked; the first time is told apart, since nothing is in memory then. */
const TIMES = 7;

const [url = 'http://localhost:8700', email = 'owner@example.com', most = '200'] = process.argv.slice(2);
const { cookie } = await signIn(url, { email, password: (await text(process.stdin)).trim() });
const get = async (
  path: string,
): Promise<{ readonly body: Answer; readonly status: number; readonly bytes: number; readonly ms: number }> => {
  const began = performance.now();
  const answer = await fetch(`${url}/api/v1/${path}`, { headers: { cookie } });
  const whole = await answer.text();
  return { body: JSON.parse(whole), status: answer.status, bytes: whole.length, ms: performance.now() - began };
};

interface Answer {
  readonly items?: readonly Readonly<Record<string, unknown>>[];
  readonly next_cursor?: string | null;
}

const firstOf = async (path: string, name: string): Promise<string> =>
  String((await get(path)).body.items?.[0]?.[name]);
const client = 'agent-0001';
const task = await firstOf('tasks?limit=1', 'id');
const grant = await firstOf('grants?limit=1', 'id');
const approval = await firstOf('approvals?limit=1', 'id');
const hold = await firstOf('holds?limit=1', 'id');
const from = new Date(Date.now() - 31 * 86_400_000).toISOString();
const week = new Date(Date.now() - 7 * 86_400_000).toISOString();
const earlier = new Date(Date.now() - 21 * 86_400_000).toISOString();

const PATHS = [
  'me',
  ...[
    'sessions',
    'users',
    'providers',
    'connections',
    'connections/rentals/environments',
    'connections/rentals/operations',
  ],
  ...['clients', 'clients?limit=1000', `clients/${client}`, 'guardrails', 'freeze', 'keys', 'notifications', 'backup'],
  ...['grants', 'grants?limit=1000', `grants?client_id=${client}`, 'grants?connection=rentals', 'grants?unused=true'],
  ...[
    'grants?q=customDomain',
    'grants?q=nothing-like-it',
    `grants?client_id=${client}&q=deploy&unused=true`,
    `grants/${grant}`,
  ],
  ...[
    'tasks',
    'tasks?limit=1000',
    'tasks?status=live',
    'tasks?status=ended',
    `tasks?client_id=${client}`,
    `tasks/${task}`,
  ],
  ...['tokens', 'tokens?limit=1000', 'tokens?status=live', 'tokens?status=revoked', `tokens?task_id=${task}`],
  ...[
    'approvals',
    'approvals?limit=1000',
    'approvals?state=pending',
    'approvals?state=denied',
    `approvals/${approval}`,
  ],
  ...['holds', 'holds?open=true', `holds/${hold}`, 'allowances', 'allowances?open=true'],
  ...[
    'audit',
    'audit?limit=1000',
    'audit?kind=request.refused',
    'audit?kind=user.deleted',
    `audit?client_id=${client}`,
  ],
  ...[
    `audit?task_id=${task}`,
    'audit?operation=volumeDelete',
    'audit?operation=project',
    'audit?operation=neverCalled',
  ],
  ...[
    'audit?effect=destroy',
    'audit?effect=escalate',
    'audit?effect=write',
    'audit?q=s_rentals_7',
    'audit?q=nothing-like-it',
  ],
  ...['audit?actor=user:nobody', 'audit?connection=billing', 'audit?connection=nowhere', 'audit?result=held'],
  ...[`audit?since=${earlier}&until=${week}`, `audit?until=${from}`, `audit?client_id=${client}&q=nothing-like-it`],
  ...[
    `audit?operation=volumeDelete&effect=destroy&client_id=${client}`,
    `audit?kind=request.refused&connection=search&since=${week}`,
  ],
  ...[`audit/histogram?from=${from}`, `audit/histogram?from=${from}&buckets=200`, `audit/histogram?from=${week}`],
  ...[`audit/histogram?from=${from}&effect=destroy`, `audit/histogram?from=${from}&operation=volumeDelete`],
  ...[`audit/histogram?from=${from}&client_id=${client}`, `audit/histogram?from=${from}&q=s_rentals_7`],
  ...[
    `clients/${client}/refusals`,
    `clients/${client}/reach`,
    'exposure',
    'connections/rentals/unused',
    'connections/rentals/presets',
  ],
];

process.stdout.write(`${'first'.padStart(8)}${'median'.padStart(8)}${'worst'.padStart(8)}  KiB\n`);
for (const path of PATHS) {
  const first = await get(path);
  if (first.status !== 200) {
    process.stdout.write(`${' '.repeat(24)}  ${first.status}  ${path}\n`);
    continue;
  }
  const times: number[] = [];
  while (times.length < TIMES) times.push((await get(path)).ms);
  times.sort((one, other) => one - other);
  const [median = 0, worst = 0] = [times[Math.floor(TIMES / 2)], times.at(-1)];
  const shown = [first.ms, median, worst].map((ms) => ms.toFixed(0).padStart(8)).join('');
  const mark = median > Number(most) ? '  SLOW' : '';
  process.stdout.write(`${shown}  ${(first.bytes / 1024).toFixed(0).padStart(4)}  ${path}${mark}\n`);
}
