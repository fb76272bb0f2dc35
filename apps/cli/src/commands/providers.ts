import type { Command } from 'commander';
import type { CliFactory } from '../cli.ts';
import { noun } from './command.ts';
import { admitNames } from './connections/admit.ts';
import { connect } from './connections/connect.ts';
import { replaceCredential } from './connections/credential.ts';
import { listConnections } from './connections/list.ts';
import { removeConnection } from './connections/remove.ts';
import { connectionSchema } from './connections/schema.ts';
import { setConnection } from './connections/set.ts';
import { showConnection } from './connections/show.ts';
import { showUnused } from './connections/unused.ts';
import { verifyConnection } from './connections/verify.ts';
import { addEnvironment } from './env/add.ts';
import { importEnvironments } from './env/import.ts';
import { listEnvironments } from './env/list.ts';
import { protectEnvironment, unprotectEnvironment } from './env/protect.ts';
import { removeEnvironment } from './env/remove.ts';
import { renameEnvironment } from './env/rename.ts';
import { inventory } from './operations/inventory.ts';
import { listOperations } from './operations/list.ts';
import { setOperation } from './operations/set.ts';
import { unsetOperation } from './operations/unset.ts';
import { listProviders } from './providers/list.ts';

const CONNECTIONS = [
  listConnections,
  showConnection,
  showUnused,
  verifyConnection,
  replaceCredential,
  setConnection,
  connectionSchema,
  admitNames,
  removeConnection,
];
const ENVIRONMENTS = [
  listEnvironments,
  importEnvironments,
  addEnvironment,
  protectEnvironment,
  unprotectEnvironment,
  renameEnvironment,
  removeEnvironment,
];

/** The commands about providers: connections, their environments, operations and resources. */
export function connectionCommands(cli: CliFactory): Command[] {
  return [
    listProviders(cli),
    connect(cli),
    noun(
      'connections',
      'The providers that Writ holds root credentials of.',
      CONNECTIONS.map((make) => make(cli)),
    ),
    noun(
      'env',
      'The named parts of a connection, such as staging and production.',
      ENVIRONMENTS.map((make) => make(cli)),
    ),
    noun('operations', 'What a provider can do, by its own names.', [
      listOperations(cli),
      setOperation(cli),
      unsetOperation(cli),
    ]),
    inventory(cli),
  ];
}
