/** Every mutation of Railway's schema, reviewed by hand. */
import { merge, type Operations } from '../build.ts';
import { account } from './account.ts';
import { credentials } from './credentials.ts';
import { deployments } from './deployment.ts';
import { domains } from './domain.ts';
import { environments } from './environment.ts';
import { machines } from './machine.ts';
import { members } from './members.ts';
import { projects } from './project.ts';
import { services } from './service.ts';
import { serviceInstances } from './service-instance.ts';
import { templates } from './template.ts';
import { variables } from './variable.ts';
import { volumes } from './volume.ts';
import { workspaces } from './workspace.ts';

/** Mutation -> its review. */
export const mutations: Operations = merge([
  account,
  credentials,
  deployments,
  domains,
  environments,
  machines,
  members,
  projects,
  serviceInstances,
  services,
  templates,
  variables,
  volumes,
  workspaces,
]);
