/** Every query of Railway's schema, reviewed by hand. */
import { merge, type Operations } from '../build.ts';
import { account } from './account.ts';
import { environments } from './environment.ts';
import { resources } from './resource.ts';
import { workspaces } from './workspace.ts';

/** Query -> its review. */
export const queries: Operations = merge([account, environments, resources, workspaces]);
