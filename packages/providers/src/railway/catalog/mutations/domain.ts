/** Domains and TCP proxies, by which the outside reaches a service, and private networks, by which services reach each other. */
import { BY_TARGET, byTargetIn, deleted, environment, type Operations, refs } from '../build.ts';

/** Host names. */
const domainNames: Operations = {
  customDomainCreate: {
    effect: 'write',
    context: refs('project:input.projectId', 'service:input.serviceId'),
    reach: environment('input.environmentId'),
    names: [{ kind: 'domain', path: 'input.domain' }],
    why: 'adds a domain, at a port of the service; the name may be configured elsewhere',
  },
  customDomainDelete: {
    effect: 'destroy',
    targets: deleted('custom_domain:id'),
    reach: BY_TARGET,
    why: 'deletes the domain with its certificate; the first who asks can then have the name',
  },
  customDomainIssueCertificate: {
    effect: 'write',
    targets: refs('custom_domain:id'),
    reach: BY_TARGET,
    why: 'adds a certificate',
  },
  customDomainUpdate: {
    effect: 'write',
    targets: refs('custom_domain:id'),
    reach: byTargetIn('environmentId'),
    why: 'overwrites or clears one named setting, the port that the domain leads to; the port is of the same service',
  },
  serviceDomainCreate: {
    effect: 'write',
    context: refs('service:input.serviceId'),
    reach: environment('input.environmentId'),
    why: 'adds a domain whose name the provider makes up, at a port of the service',
  },
  serviceDomainDelete: {
    effect: 'destroy',
    targets: deleted('service_domain:id'),
    reach: BY_TARGET,
    why: 'deletes the domain; the first who asks can then have the name',
  },
  serviceDomainUpdate: {
    effect: 'write',
    state_raises: [{ state: 'other_name', path: 'input.domain', to: 'destroy' }],
    targets: refs('service_domain:input.serviceDomainId'),
    context: refs('service:input.serviceId'),
    reach: byTargetIn('input.environmentId'),
    names: [{ kind: 'domain', path: 'input.domain' }],
    renames: [{ kind: 'service_domain', path: 'input.serviceDomainId', to: 'input.domain' }],
    why: 'overwrites the target port; a name other than the domain’s gives up the old one, and the first who asks can have that',
  },
};

/** Ports. */
const proxies: Operations = {
  tcpProxyCreate: {
    effect: 'write',
    context: refs('service:input.serviceId'),
    reach: environment('input.environmentId'),
    why: 'adds a proxy, as a domain is added: one port of the service answers at an address of its own',
  },
  tcpProxyDelete: {
    effect: 'destroy',
    targets: deleted('tcp_proxy:id'),
    reach: BY_TARGET,
    why: 'deletes the proxy; its port does not come back',
  },
};

/** Private networks. */
const networks: Operations = {
  privateNetworkCreateOrGet: {
    effect: 'write',
    context: refs('project:input.projectId'),
    reach: environment('input.environmentId'),
    why: 'adds a network, or returns the one of that name',
  },
  privateNetworkEndpointCreateOrGet: {
    effect: 'write',
    targets: refs('private_network:input.privateNetworkId'),
    context: refs('service:input.serviceId'),
    reach: byTargetIn('input.environmentId'),
    why: 'adds a name for a service inside the network, or returns it',
  },
  privateNetworkEndpointDelete: {
    effect: 'destroy',
    targets: deleted('private_network_endpoint:id'),
    reach: BY_TARGET,
    why: 'deletes the name by which its neighbours call the service',
  },
  privateNetworkEndpointRename: {
    effect: 'destroy',
    targets: refs('private_network_endpoint:id'),
    context: refs('private_network:privateNetworkId'),
    reach: BY_TARGET,
    renames: [{ kind: 'private_network_endpoint', path: 'id', to: 'dnsName' }],
    why: 'gives up the name by which its neighbours call the service; another may take it',
  },
  privateNetworksForEnvironmentDelete: {
    effect: 'destroy',
    targets: refs('environment:environmentId'),
    reach: environment('environmentId'),
    why: 'deletes every private network of the environment',
  },
};

/** Domains, proxies and networks. */
export const domains: Operations = { ...domainNames, ...proxies, ...networks };
