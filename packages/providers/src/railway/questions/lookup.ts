import { z } from 'zod';
import { id } from '../../graphql/ask/relay.ts';

/** Where an environment lies. */
export const ENVIRONMENT = {
  name: 'lookup.environment',
  text: 'query WritFindEnvironment($id: String!) { environment(id: $id) { id projectId isEphemeral } }',
  data: z.object({ environment: z.object({ id, projectId: id, isEphemeral: z.boolean() }) }),
};

/** Where a service lies. */
export const SERVICE = {
  name: 'lookup.service',
  text: 'query WritFindService($id: String!) { service(id: $id) { id projectId } }',
  data: z.object({ service: z.object({ id, projectId: id }) }),
};

/** Where a deployment lies. */
export const DEPLOYMENT = {
  name: 'lookup.deployment',
  text: `query WritFindDeployment($id: String!) {
  deployment(id: $id) { id projectId environmentId serviceId status createdAt }
}`,
  data: z.object({
    deployment: z.object({
      id,
      projectId: id,
      environmentId: id,
      serviceId: z.string().nullish(),
      status: z.string(),
      createdAt: z.string(),
    }),
  }),
};

/** Which deployment of a service in an environment is the latest. */
export const LATEST_DEPLOYMENT = {
  name: 'lookup.latest_deployment',
  text: `query WritLatestDeployment($environmentId: String!, $serviceId: String!) {
  serviceInstance(environmentId: $environmentId, serviceId: $serviceId) { latestDeployment { id } }
}`,
  data: z.object({ serviceInstance: z.object({ latestDeployment: z.object({ id }).nullish() }) }),
};

/** Where a volume instance lies. */
export const VOLUME_INSTANCE = {
  name: 'lookup.volume_instance',
  text: `query WritFindVolumeInstance($id: String!) {
  volumeInstance(id: $id) { id environmentId volumeId volume { id projectId } }
}`,
  data: z.object({
    volumeInstance: z.object({
      id,
      environmentId: id,
      volumeId: id,
      volume: z.object({ id, projectId: id }),
    }),
  }),
};

/** Which project a plugin belongs to. */
export const PLUGIN = {
  name: 'lookup.plugin',
  text: 'query WritFindPlugin($id: String!) { plugin(id: $id) { id project { id } } }',
  data: z.object({ plugin: z.object({ id, project: z.object({ id }) }) }),
};
