import { z } from 'zod';
import { connection, id, PAGE_INFO } from '../../graphql/ask/relay.ts';

const named = z.object({ id, name: z.string() });
const owned = named.extend({ projectId: id });

/** A project with its environments, services, volumes and buckets, a page of each. */
export const PROJECT = {
  name: 'inventory.project',
  text: `query WritProject($id: String!, $environments: String, $services: String, $volumes: String, $buckets: String) {
  project(id: $id) {
    id name workspaceId
    environments(first: 100, after: $environments) { edges { node { id name projectId isEphemeral } } ${PAGE_INFO} }
    services(first: 100, after: $services) { edges { node { id name projectId } } ${PAGE_INFO} }
    volumes(first: 100, after: $volumes) { edges { node { id name projectId } } ${PAGE_INFO} }
    buckets(first: 100, after: $buckets) { edges { node { id name projectId } } ${PAGE_INFO} }
  }
}`,
  data: z.object({
    project: named.extend({
      workspaceId: z.string().nullish(),
      environments: connection(owned.extend({ isEphemeral: z.boolean() })),
      services: connection(owned),
      volumes: connection(owned),
      buckets: connection(owned),
    }),
  }),
};

const domain = z.object({
  id,
  domain: z.string(),
  environmentId: id,
  serviceId: id,
  projectId: z.string().nullish(),
});
const lies = { id, environmentId: id };

/** What lies in one environment: instances, volume instances, domains and triggers, a page of each. */
export const CONTENTS = {
  name: 'inventory.environment',
  text: `query WritEnvironment($id: String!, $instances: String, $volumes: String, $triggers: String) {
  environment(id: $id) {
    id projectId isEphemeral
    serviceInstances(first: 100, after: $instances) {
      edges { node { id environmentId serviceId domains {
        customDomains { id domain environmentId serviceId projectId }
        serviceDomains { id domain environmentId serviceId projectId }
      } } }
      ${PAGE_INFO}
    }
    volumeInstances(first: 100, after: $volumes) {
      edges { node { id environmentId serviceId volumeId mountPath sizeMB currentSizeMB volume { id name projectId } } }
      ${PAGE_INFO}
    }
    deploymentTriggers(first: 100, after: $triggers) {
      edges { node { id environmentId projectId serviceId branch repository } }
      ${PAGE_INFO}
    }
  }
}`,
  data: z.object({
    environment: z.object({
      id,
      projectId: id,
      isEphemeral: z.boolean(),
      serviceInstances: connection(
        z.object({
          ...lies,
          serviceId: id,
          domains: z.object({ customDomains: z.array(domain), serviceDomains: z.array(domain) }),
        }),
      ),
      volumeInstances: connection(
        z.object({
          ...lies,
          serviceId: z.string().nullish(),
          volumeId: id,
          mountPath: z.string(),
          sizeMB: z.number(),
          currentSizeMB: z.number(),
          volume: owned,
        }),
      ),
      deploymentTriggers: connection(
        z.object({
          ...lies,
          projectId: id,
          serviceId: z.string().nullish(),
          branch: z.string(),
          repository: z.string(),
        }),
      ),
    }),
  }),
};
