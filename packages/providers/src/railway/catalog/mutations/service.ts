/** Services: one service has an instance in many environments, so most of what is done to it is done in all of them. */
import { byTargetIn, COMMIT, deleted, type Operations, project, raise, refs, service } from '../build.ts';
import { codeVariables } from './variable.ts';

/** Making, naming, deleting. */
const itself: Operations = {
  serviceCreate: {
    effect: 'write',
    raises: [
      ...raise('execute', {
        is: 'set',
        paths: 'input.source input.branch input.registryCredentials input.templateId input.templateServiceId',
      }),
      ...codeVariables('input.variables'),
    ],
    context: refs('environment:input.environmentId'),
    reach: { in: 'container', kind: 'project', path: 'input.projectId', fork: 'input.environmentId' },
    secret: ['input.registryCredentials', 'input.variables'],
    stored: [{ what: 'template', path: 'input.templateId' }],
    why: 'adds an empty service to every environment that is not a fork, also when environmentId names one; with a source it runs that',
  },
  serviceDelete: {
    effect: 'destroy',
    targets: deleted('service:id'),
    reach: service('id', 'environmentId'),
    why: 'deletes the service in all environments that are not forks, also when environmentId names one',
  },
  serviceDuplicate: {
    effect: 'execute',
    targets: refs('service:serviceId'),
    context: refs('environment:environmentId'),
    reach: service('serviceId'),
    stored: [{ what: 'environment_config', path: 'environmentId' }],
    why: 'copies variables and volumes elsewhere and starts the copy, in every environment a new service appears in',
  },
  serviceUpdate: {
    effect: 'write',
    targets: refs('service:id'),
    reach: service('id'),
    renames: [{ kind: 'service', path: 'id', to: 'input.name' }],
    why: 'overwrites name and icon',
  },
  serviceFeatureFlagAdd: {
    effect: 'execute',
    targets: refs('service:input.serviceId'),
    reach: service('input.serviceId'),
    why: 'changes the runtime or builder of every instance, or copies its volume to other environments',
  },
  serviceFeatureFlagRemove: {
    effect: 'destroy',
    targets: refs('service:input.serviceId'),
    reach: service('input.serviceId'),
    why: 'takes away what every instance may rely on',
  },
};

/** Where its code comes from. */
const source: Operations = {
  githubRepoDeploy: {
    effect: 'execute',
    context: refs('environment:input.environmentId'),
    reach: project('input.projectId'),
    stored: [{ elsewhere: COMMIT }],
    why: 'makes a service of a repository and runs it; new services appear in every environment that is not a fork',
  },
  githubRepoUpdate: {
    effect: 'execute',
    targets: refs('service:input.serviceId'),
    context: refs('project:input.projectId', 'environment:input.environmentId'),
    reach: service('input.serviceId'),
    stored: [{ elsewhere: COMMIT }],
    why: 'changes the repository that every instance of the service deploys from',
  },
  serviceConnect: {
    effect: 'execute',
    targets: refs('service:id'),
    reach: service('id'),
    stored: [{ elsewhere: COMMIT }],
    why: 'decides which code every instance runs',
  },
  serviceDisconnect: {
    effect: 'destroy',
    targets: refs('service:id'),
    reach: service('id'),
    why: 'drops the source of every instance',
  },
  serviceRemoveUpstreamUrl: {
    effect: 'destroy',
    targets: refs('service:id'),
    reach: service('id'),
    why: 'drops the upstream of every instance',
  },
  templateServiceSourceEject: {
    effect: 'destroy',
    targets: refs('service:input.serviceIds[]'),
    reach: project('input.projectId'),
    why: 'cuts services off their template and makes a repository of their code in an organisation of the caller’s choosing',
  },
};

/** How requests reach it at the edge, in one environment. */
const edge: Operations = {
  disableServiceCdn: {
    effect: 'destroy',
    targets: refs('service:input.serviceId'),
    reach: byTargetIn('input.environmentId'),
    why: 'deletes the edge configuration',
  },
  enableServiceCdn: {
    effect: 'write',
    targets: refs('service:input.serviceId'),
    reach: byTargetIn('input.environmentId'),
    why: 'adds an edge configuration with named settings',
  },
  purgeServiceCache: {
    effect: 'destroy',
    targets: refs('service:input.serviceId'),
    reach: byTargetIn('input.environmentId'),
    why: 'drops what is cached; the origin takes the whole load',
  },
  setServiceUnderAttackMode: {
    effect: 'write',
    targets: refs('service:input.serviceId'),
    reach: byTargetIn('input.environmentId'),
    why: 'a named switch of one service; on, it turns API clients away until it is switched off',
  },
  updateServiceEdgeConfig: {
    effect: 'write',
    raises: raise('destroy', { is: 'null', paths: 'input.config.caching' }),
    targets: refs('service:input.serviceId'),
    reach: byTargetIn('input.environmentId'),
    why: 'named settings of caching; null clears them all',
  },
  updateServiceEdgeRules: {
    effect: 'destroy',
    targets: refs('service:input.serviceId'),
    reach: byTargetIn('input.environmentId'),
    secret: ['input.edgeRules'],
    why: 'replaces the whole set of rules, null clears it; a rule can block or redirect everybody',
  },
};

/** Services. */
export const services: Operations = { ...itself, ...source, ...edge };
