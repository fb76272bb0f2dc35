/** Queries about what lies in one environment. */
import { BY_TARGET, byTargetIn, EVERYTHING, environment, type Operations, refs } from '../build.ts';

/** The environment itself. */
const itself: Operations = {
  canvasViewMergePreview: {
    effect: 'read',
    targets: refs('environment:sourceEnvironmentId', 'environment:targetEnvironmentId'),
    reach: BY_TARGET,
    why: 'two environments’ layouts side by side; their content is judged at the field',
  },
  environment: {
    effect: 'read',
    targets: refs('environment:id'),
    context: refs('project:projectId'),
    reach: environment('id'),
    why: 'name and kind; configuration is judged at the field',
  },
  environmentChangeSetApply: {
    effect: 'read',
    context: refs('environment:environmentId'),
    reach: EVERYTHING,
    why: 'nothing tells whether the id belongs to the environment that is named; outputs are judged at the field',
  },
  environmentHasLegacyStaticEgress: { effect: 'read', reach: environment('environmentId'), why: 'answers yes or no' },
  environmentLogs: { effect: 'read', reach: environment('environmentId'), why: 'logs' },
  environmentPatch: {
    effect: 'read',
    reach: EVERYTHING,
    why: 'the id does not tell the environment; the patch is judged at the field',
  },
  environmentPatches: {
    effect: 'read',
    reach: environment('environmentId'),
    why: 'who changed what when; the patch is judged at the field',
  },
  environmentStagedChanges: {
    effect: 'read',
    reach: environment('environmentId'),
    why: 'that something is staged; the patch is judged at the field',
  },
  observabilityDashboards: { effect: 'read', reach: environment('environmentId'), why: 'what is watched' },
};

/** Variables. */
const variables: Operations = {
  variables: {
    effect: 'reveal',
    targets: refs('service:serviceId'),
    context: refs('project:projectId'),
    reach: environment('environmentId'),
    why: 'returns secret values',
  },
  variablesForServiceDeployment: {
    effect: 'reveal',
    targets: refs('service:serviceId'),
    context: refs('project:projectId'),
    reach: byTargetIn('environmentId'),
    why: 'returns secret values',
  },
};

/** Deployments. */
const deployments: Operations = {
  buildLogs: { effect: 'read', targets: refs('deployment:deploymentId'), reach: BY_TARGET, why: 'logs' },
  deployment: { effect: 'read', targets: refs('deployment:id'), reach: BY_TARGET, why: 'a deployment' },
  deploymentEvents: { effect: 'read', targets: refs('deployment:id'), reach: BY_TARGET, why: 'how a deployment went' },
  deploymentInstanceExecutions: {
    effect: 'read',
    targets: refs('service:input.serviceId'),
    reach: byTargetIn('input.environmentId'),
    why: 'when the command ran',
  },
  deploymentLogs: { effect: 'read', targets: refs('deployment:deploymentId'), reach: BY_TARGET, why: 'logs' },
  deploymentSessions: {
    effect: 'read',
    targets: refs('deployment:deploymentId'),
    reach: BY_TARGET,
    why: 'which shells are open; their commands are judged at the field',
  },
  deploymentSnapshot: {
    effect: 'reveal',
    targets: refs('deployment:deploymentId'),
    reach: BY_TARGET,
    why: 'returns the variables of the deployment',
  },
  deploymentTriggers: {
    effect: 'read',
    targets: refs('service:serviceId'),
    context: refs('project:projectId'),
    reach: byTargetIn('environmentId'),
    why: 'which branch is deployed',
  },
  httpLogs: { effect: 'read', targets: refs('deployment:deploymentId'), reach: BY_TARGET, why: 'logs' },
};

/** Traffic. */
const traffic: Operations = {
  dnsQueryLogs: {
    effect: 'read',
    context: refs('service:serviceId'),
    reach: environment('environmentId'),
    why: 'logs',
  },
  httpDurationMetrics: {
    effect: 'read',
    targets: refs('service:serviceId'),
    reach: byTargetIn('environmentId'),
    why: 'numbers',
  },
  httpMetrics: {
    effect: 'read',
    targets: refs('service:serviceId'),
    reach: byTargetIn('environmentId'),
    why: 'numbers',
  },
  httpMetricsGroupedByStatus: {
    effect: 'read',
    targets: refs('service:serviceId'),
    reach: byTargetIn('environmentId'),
    why: 'numbers',
  },
  networkFlowLogs: {
    effect: 'read',
    context: refs('service:serviceId'),
    reach: environment('environmentId'),
    why: 'logs',
  },
};

/** Domains and networks. */
const domains: Operations = {
  customDomain: {
    effect: 'read',
    targets: refs('custom_domain:id'),
    context: refs('project:projectId'),
    reach: BY_TARGET,
    why: 'a name, its DNS records and certificates',
  },
  domainStatus: {
    effect: 'read',
    targets: refs('custom_domain:id'),
    context: refs('project:projectId'),
    reach: BY_TARGET,
    why: 'a name, its DNS records and certificates',
  },
  domains: {
    effect: 'read',
    targets: refs('service:serviceId'),
    context: refs('project:projectId'),
    reach: byTargetIn('environmentId'),
    why: 'names of a service',
  },
  privateNetworkEndpoint: {
    effect: 'read',
    targets: refs('service:serviceId'),
    context: refs('private_network:privateNetworkId'),
    reach: byTargetIn('environmentId'),
    why: 'the name inside the network',
  },
  privateNetworkEndpointNameAvailable: {
    effect: 'read',
    context: refs('private_network:privateNetworkId'),
    reach: environment('environmentId'),
    why: 'whether a name is free',
  },
  privateNetworks: { effect: 'read', reach: environment('environmentId'), why: 'names of networks' },
  tcpProxies: {
    effect: 'read',
    targets: refs('service:serviceId'),
    reach: byTargetIn('environmentId'),
    why: 'ports of a service',
  },
};

/** The environment, its variables, deployments, traffic and names. */
export const environments: Operations = { ...itself, ...variables, ...deployments, ...traffic, ...domains };
