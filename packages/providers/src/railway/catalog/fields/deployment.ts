/** Service instances and their deployments. */
import { type Fields, fields } from '../fields.ts';

/** Type -> field -> review. */
export const deployment: Fields = {
  Deployment: fields({
    read: `
      canRedeploy canRollback createdAt deploymentStopped environment environmentId id instances meta projectId
      serviceId snapshotId sockets staticUrl status statusUpdatedAt suggestAddServiceDomain updatedAt url`,
    shared: 'creator service',
    reveal: 'diagnosis',
  }),
  DeploymentCreator: fields({
    read: 'avatar email id name',
  }),
  DeploymentDeploymentInstance: fields({
    read: 'id status',
  }),
  DeploymentEvent: fields({
    read: 'completedAt createdAt id payload step',
  }),
  DeploymentEventPayload: fields({
    read: 'attempt detail durationMs error maxAttempts reason skipped',
  }),
  DeploymentInstanceExecution: fields({
    read: 'completedAt createdAt deploymentId deploymentMeta id status updatedAt',
  }),
  DeploymentSnapshot: fields({
    read: 'createdAt id updatedAt',
    reveal: 'variables',
  }),
  DeploymentSocket: fields({
    read: 'ipv6 port processName updatedAt',
  }),
  DeploymentTrigger: fields({
    read: `
      baseEnvironmentOverrideId branch checkSuites environmentId id projectId provider repository serviceId
      validCheckSuites`,
  }),
  ServiceInstance: fields({
    read: `
      activeDeployments buildCommand builder createdAt cronSchedule deletedAt dockerfilePath domains
      drainingSeconds edgeConfig environmentId healthcheckPath healthcheckTimeout id ipv6EgressEnabled
      isUpdatable latestDeployment nextCronRunAt numReplicas overlapSeconds preDeployCommand railwayConfigFile
      region restartPolicyMaxRetries restartPolicyType rootDirectory serviceId serviceName sleepApplication
      source startCommand updatedAt upstreamUrl watchPatterns`,
    shared: 'service',
    reveal: 'nixpacksPlan railpackInfo',
  }),
  ServiceInstanceAutoDeployStatus: fields({
    read: 'canEnable enabled reason',
  }),
  ServiceInstanceAutoDeployUpdateResult: fields({
    read: 'enabled',
  }),
  ServiceSource: fields({
    read: 'image repo',
  }),
  TemplateDeployPayload: fields({
    read: 'projectId workflowId',
  }),
  WorkflowId: fields({
    read: 'workflowId',
  }),
  WorkflowResult: fields({
    read: 'error status',
  }),
};
