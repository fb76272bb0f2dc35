import { z } from 'zod';
import { connection, id, PAGE_INFO } from '../../graphql/ask/relay.ts';

/** The TCP proxies of a service in an environment. */
export const TCP_PROXIES = {
  name: 'list.tcp_proxies',
  text: `query WritTcpProxies($environmentId: String!, $serviceId: String!) {
  tcpProxies(environmentId: $environmentId, serviceId: $serviceId) {
    id environmentId serviceId domain proxyPort applicationPort
  }
}`,
  data: z.object({
    tcpProxies: z.array(
      z.object({
        id,
        environmentId: id,
        serviceId: id,
        domain: z.string(),
        proxyPort: z.number(),
        applicationPort: z.number(),
      }),
    ),
  }),
};

/** The backups of a volume instance: the only place a backup can be found. */
export const BACKUPS = {
  name: 'list.backups',
  text: `query WritBackups($volumeInstanceId: String!) {
  volumeInstanceBackupList(volumeInstanceId: $volumeInstanceId) { id name createdAt usedMB externalId scheduleId }
}`,
  data: z.object({
    volumeInstanceBackupList: z.array(
      z.object({
        id,
        name: z.string().nullish(),
        createdAt: z.string(),
        usedMB: z.number().nullish(),
        externalId: z.string(),
        scheduleId: z.string().nullish(),
      }),
    ),
  }),
};

const count = z.union([z.string(), z.number()]);

/** How much is in a bucket in an environment; null where it has no instance. */
export const BUCKET_DETAILS = {
  name: 'list.bucket_details',
  text: `query WritBucketDetails($bucketId: String!, $environmentId: String!) {
  bucketInstanceDetails(bucketId: $bucketId, environmentId: $environmentId) { objectCount sizeBytes }
}`,
  data: z.object({ bucketInstanceDetails: z.object({ objectCount: count, sizeBytes: count }).nullish() }),
};

/** The private networks of an environment. */
export const PRIVATE_NETWORKS = {
  name: 'list.private_networks',
  text: `query WritPrivateNetworks($environmentId: String!) {
  privateNetworks(environmentId: $environmentId) { publicId environmentId projectId name }
}`,
  data: z.object({
    privateNetworks: z.array(z.object({ publicId: id, environmentId: id, projectId: id, name: z.string() })),
  }),
};

/** The endpoint of a service in a private network, if it has one. */
export const PRIVATE_NETWORK_ENDPOINT = {
  name: 'list.private_network_endpoint',
  text: `query WritPrivateNetworkEndpoint($environmentId: String!, $privateNetworkId: String!, $serviceId: String!) {
  privateNetworkEndpoint(environmentId: $environmentId, privateNetworkId: $privateNetworkId, serviceId: $serviceId) {
    publicId serviceInstanceId dnsName
  }
}`,
  data: z.object({
    privateNetworkEndpoint: z.object({ publicId: id, serviceInstanceId: id, dnsName: z.string() }).nullable(),
  }),
};

/** The cloud agents of an environment. */
export const CLOUD_AGENTS = {
  name: 'list.cloud_agents',
  text: `query WritCloudAgents($environmentId: ID!) {
  cloudAgents(environmentId: $environmentId) { id name environmentId projectId }
}`,
  data: z.object({
    cloudAgents: z.array(z.object({ id, name: z.string(), environmentId: id, projectId: id })),
  }),
};

/** The sandboxes of an environment. */
export const SANDBOXES = {
  name: 'list.sandboxes',
  text: `query WritSandboxes($environmentId: String!, $after: String) {
  sandboxes(first: 100, after: $after, environmentId: $environmentId) { edges { node { id environmentId } } ${PAGE_INFO} }
}`,
  data: z.object({ sandboxes: connection(z.object({ id, environmentId: id })) }),
};
