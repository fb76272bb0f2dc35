/** What a person should look at: grants and clients that are wider, older or idler than they need be, and root credentials that do not fit. */
import type { OutputOf } from '@writ/api';
import { coversEnvironment } from '@writ/core';
import type { Client, Connection, GrantInForce } from '@writ/store';
import { clientView } from '../clients/view.ts';
import { credentialView } from '../connections/view.ts';
import { effectsOf } from '../grants/known-operations.ts';
import { UNUSED_MS } from '../grants/list.ts';
import { namedEnvironments } from '../live/connections.ts';
import type { ConnectionState } from '../live.ts';
import type { Used } from './used.ts';
import { widerThanUsed } from './wider.ts';

export type Finding = OutputOf<'exposure.get'>['findings'][number];

const YEAR = 365 * 86_400_000;

/** What is wrong with the root credentials of a connection. `row`: as it is now. */
export function credentialFindings(state: ConnectionState, row: Connection, used: Used): Finding[] {
  const connection = state.slug;
  const found = state.credentials.flatMap((credential): Finding[] => {
    const { kind, status } = credentialView(row, credential);
    const name = `The root credential of ${connection} (${kind})`;
    if (status === 'rejected')
      return [{ kind: 'credential_rejected', sentence: `${name} is rejected by the provider.`, connection }];
    if (status === 'flagged') {
      const sentence = `${name} was seen in an answer of the provider: others may know it.`;
      return [{ kind: 'credential_flagged', sentence, connection }];
    }
    if (status === 'unverified')
      return [{ kind: 'credential_unverified', sentence: `${name} was never verified.`, connection }];
    return [];
  });
  const wider = widerThanUsed(state, used);
  if (wider.length === 0) return found;
  return [...found, { kind: 'credential_wider', sentence: `${connection}: ${wider.join(' ')}`, connection }];
}

/** What is to be said of a grant by itself. `now` in milliseconds. */
export function grantFindings(state: ConnectionState, grant: GrantInForce, now: number): Finding[] {
  const { id: grant_id, name, client_id, scope } = grant;
  const of = { connection: state.slug, client_id, grant_id };
  const called = `The grant ${name ?? grant_id} of ${client_id}`;
  const found: Finding[] = [];
  const harm = [...effectsOf(state, scope.operations)].filter((each) => each === 'destroy' || each === 'escalate');
  const places = namedEnvironments(state).filter(
    ({ slug, kind }) => kind === 'protected' && coversEnvironment(scope, slug),
  );
  if (harm.length > 0 && places.length > 0 && grant.expires_at === null) {
    const slugs = places.map(({ slug }) => slug).slice(0, 3);
    const more = places.length > slugs.length ? ` and ${places.length - slugs.length} more` : '';
    const where = `${slugs.join(', ')}${more}, where it is protected`;
    const sentence = `${called} covers what may ${harm.join(' and ')} in ${where}, and never ends.`;
    found.push({ kind: 'lasting_harm', sentence, ...of });
  }
  if (scope.environments.includes('*')) {
    const sentence = `${called} covers every environment of ${state.slug}, those added later included.`;
    found.push({ kind: 'every_environment', sentence, ...of });
  }
  const since = now - UNUSED_MS;
  if (grant.created_at <= since && (grant.last_used_at ?? 0) < since) {
    found.push({ kind: 'grant_unused', sentence: `${called} has no recorded use in the last 30 days.`, ...of });
  }
  return found;
}

/** What is to be said of a client. `has`: the clients that have a grant; `rotated`: whose secret was made anew within a year. */
export function clientFindings(
  client: Client,
  {
    has,
    rotated,
    now,
  }: { readonly has: ReadonlySet<string>; readonly rotated: ReadonlySet<string>; readonly now: number },
): Finding[] {
  const { client_id } = client;
  if (client.disabled_at !== null) return [];
  const found: Finding[] = [];
  if (!has.has(client_id)) {
    const sentence = `The client ${client_id} has no grant: it can ask for no token.`;
    found.push({ kind: 'client_without_grant', sentence, client_id });
  }
  const { auth, can_authenticate } = clientView(client);
  const isOld = client.created_at <= now - YEAR && !rotated.has(client_id);
  if (auth.method === 'client_secret_basic' && can_authenticate && isOld) {
    const sentence = `The secret of the client ${client_id} is older than a year.`;
    found.push({ kind: 'client_secret_old', sentence, client_id });
  }
  return found;
}
