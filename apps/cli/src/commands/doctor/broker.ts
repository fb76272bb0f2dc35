import { isAtLeast } from '@writ/api';
import { counted, inert, isJsonObject } from '@writ/core';
import type { Cli } from '../../cli.ts';
import { type Finding, notice, ok, wrong } from './finding.ts';

const MOST_SKEW = 5000;

/** Looks at the broker from outside: does it answer, is it ready, is its clock right. Throws where it cannot be reached. */
export async function brokerFindings(cli: Cli): Promise<Finding[]> {
  const url = await cli.url();
  const sent = cli.now();
  const response = await cli.fetch(`${url}/readyz`, { redirect: 'error', signal: AbortSignal.timeout(10_000) });
  const date = Date.parse(response.headers.get('date') ?? '');
  const off = Math.abs(date - (sent + cli.now()) / 2);
  const document = await cli.call('system.openapi', {});
  const version = isJsonObject(document['info']) ? String(document['info']['version']) : 'an unknown version';
  return [
    ok(`The broker at ${inert(url)} answers; it is version ${inert(version)}.`),
    response.ok
      ? ok('It is ready: its database answers.')
      : wrong(
          `It is not ready (${response.status}).`,
          "Look at the broker's log: its database is lost, or its clock is off.",
        ),
    Number.isNaN(date) || off <= MOST_SKEW
      ? ok('Its clock agrees with this machine.')
      : wrong(
          `Its clock and this machine's are ${Math.round(off / 1000)} s apart.`,
          'Set both by NTP: tokens and client assertions depend on it.',
        ),
  ];
}

/** Looks at who could stop something: approvers and the roles above them freeze and revoke. */
export async function peopleFindings(cli: Cli): Promise<Finding[]> {
  const { items } = await cli.call('users.list', { limit: 1000 });
  const active = items.filter((user) => user.status === 'active');
  const canFreeze = active.filter((user) => isAtLeast(user.role, 'approver'));
  const invited = items.length - active.length;
  return [
    canFreeze.length > 1
      ? ok(`${canFreeze.length} people can freeze.`)
      : notice(
          'Only one person can freeze: while that person is away, nobody else can stop a client.',
          'writ user invite sam@example.com --name Sam --role approver',
        ),
    ...(invited === 0
      ? []
      : [
          notice(
            `${counted(invited, 'user has', 'users have')} not chosen a password yet.`,
            'writ user reset sam@example.com',
          ),
        ]),
  ];
}

/** Looks at actions of other owners that an owner must know of. */
export async function noticeFindings(cli: Cli): Promise<Finding[]> {
  // Skipped with an access token: it stands for no person.
  if (cli.config.token !== undefined) return [];
  const { notices } = await cli.call('me.get', {});
  return notices.map(({ at, detail }) =>
    notice(`${at.slice(0, 10)}: ${detail}`, 'writ audit list --kind audit.pruned'),
  );
}

/** Looks for clients that lost their secret: what was moved without secrets has none. */
export async function clientFindings(cli: Cli): Promise<Finding[]> {
  const { items } = await cli.call('clients.list', { limit: 1000 });
  return items
    .filter(({ can_authenticate, disabled_at }) => !can_authenticate && disabled_at === null)
    .map(({ client_id }) => wrong(`${client_id} has no secret.`, `writ client rotate-secret ${client_id}`));
}

/** Looks at what is stopped or loosened. */
export async function rulesFindings(cli: Cli): Promise<Finding[]> {
  const freezes = await cli.call('freeze.list', {});
  const rules = await cli.call('guardrails.get', {});
  const allowing = rules.items.filter((rule) => rule.outcome === 'allow');
  return [
    freezes.items.length === 0
      ? ok('Nothing is frozen.')
      : notice(`${counted(freezes.items.length, 'freeze is', 'freezes are')} in force.`, 'writ freeze list'),
    allowing.length === 0
      ? ok('No guardrail was loosened.')
      : notice(
          `${counted(allowing.length, 'added guardrail allows', 'added guardrails allow')} what the shipped set may not.`,
          'writ guardrail list',
        ),
  ];
}
