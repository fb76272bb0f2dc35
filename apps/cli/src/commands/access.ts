import type { Command } from 'commander';
import type { CliFactory } from '../cli.ts';
import { createClient } from './client/create.ts';
import { disableClient, enableClient } from './client/disable.ts';
import { listClients } from './client/list.ts';
import { showReach } from './client/reach.ts';
import { listRefusals } from './client/refusals.ts';
import { removeClient } from './client/remove.ts';
import { rotateSecret } from './client/rotate-secret.ts';
import { showClient } from './client/show.ts';
import { testTrust } from './client/trust-test.ts';
import { noun } from './command.ts';
import { explain } from './explain/explain.ts';
import { showExposure } from './exposure/show.ts';
import { createGrant } from './grant/create.ts';
import { listGrants } from './grant/list.ts';
import { listPresets } from './grant/presets.ts';
import { previewGrant } from './grant/preview.ts';
import { revokeGrant } from './grant/revoke.ts';
import { showGrant } from './grant/show.ts';
import { endTask } from './tasks/end.ts';
import { listTasks } from './tasks/list.ts';
import { showTask } from './tasks/show.ts';
import { exchangeToken } from './token/exchange.ts';
import { inspectToken } from './token/inspect.ts';
import { requestToken } from './token/request.ts';
import { revokeToken } from './token/revoke.ts';
import { listTokens } from './tokens/list.ts';
import { revokeTokens } from './tokens/revoke.ts';

const CLIENTS = [
  createClient,
  listClients,
  showClient,
  showReach,
  listRefusals,
  disableClient,
  enableClient,
  rotateSecret,
  testTrust,
  removeClient,
];

/** The commands about what clients may do: clients, grants, tokens and tasks. */
export function accessCommands(cli: CliFactory): Command[] {
  const grants = noun(
    'grant',
    'What a client is allowed.',
    [listGrants(cli), showGrant(cli), previewGrant(cli), listPresets(cli), revokeGrant(cli)],
    createGrant(cli),
  );
  const tokens = noun(
    'token',
    'Access tokens, as a client.',
    [exchangeToken(cli), inspectToken(cli), revokeToken(cli)],
    requestToken(cli),
  );
  return [
    noun(
      'client',
      'The agents and jobs that may ask for access tokens.',
      CLIENTS.map((make) => make(cli)),
    ),
    grants,
    tokens,
    explain(cli),
    showExposure(cli),
    noun('tasks', 'The purposes for which tokens were asked.', [listTasks(cli), showTask(cli), endTask(cli)]),
    noun('tokens', 'The access tokens that were issued.', [listTokens(cli), revokeTokens(cli)]),
  ];
}
