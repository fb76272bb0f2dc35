/** Every field of every object and interface type of Railway's schema, reviewed by hand. */
import { merge } from '../build.ts';
import type { Fields } from '../fields.ts';
import { account } from './account.ts';
import { billing } from './billing.ts';
import { connection } from './connection.ts';
import { data } from './data.ts';
import { deployment } from './deployment.ts';
import { environment } from './environment.ts';
import { machine } from './machine.ts';
import { network } from './network.ts';
import { observability } from './observability.ts';
import { platform } from './platform.ts';
import { project } from './project.ts';
import { workspace } from './workspace.ts';

/** Type -> field -> review, for all but the two roots. */
export const fields: Fields = merge([
  account,
  billing,
  connection,
  data,
  deployment,
  environment,
  machine,
  network,
  observability,
  platform,
  project,
  workspace,
]);
