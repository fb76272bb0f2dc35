import { defined } from '@writ/core';
import type { Need } from '../../reach/knowledge.ts';
import type { Sought } from '../../reach/located.ts';
import { mapBounded } from '../../reach/map-bounded.ts';
import { CLOUD_AGENTS, PRIVATE_NETWORK_ENDPOINT, PRIVATE_NETWORKS, SANDBOXES, TCP_PROXIES } from '../questions/list.ts';
import { askFor, readPages } from './ask.ts';
import type { Filled, Found, ProjectFacts } from './facts.ts';
import type { Inventory } from './inventory.ts';
import { seek } from './seek.ts';
import { noAnswer } from './unresolved.ts';

/** What a list over one environment holds: an id, a name, and the service it belongs to. */
interface Item {
  readonly id: string;
  readonly name?: string;
  readonly serviceId?: string;
}
type List = (inventory: Inventory, filled: Filled, need: Need) => Promise<readonly Item[]>;
type Finder = (inventory: Inventory, sought: Sought, need: Need) => Promise<Found | undefined>;

/** Finds a TCP proxy among those of every service in every environment. */
export const findProxy: Finder = scanning(proxiesOf);
/** Finds a private network among those of every environment. */
export const findNetwork: Finder = scanning(networksOf);
/** Finds a private network endpoint: those of every service in every private network. */
export const findEndpoint: Finder = scanning(endpointsOf);
/** Finds a cloud agent among those of every environment. */
export const findAgent: Finder = scanning(agentsOf);
/** Finds a sandbox among those of every environment. */
export const findSandbox: Finder = scanning(sandboxesOf);

function scanning(list: List): Finder {
  return async (inventory, sought, need) => {
    const pick = (_: Sought, project: ProjectFacts, filled: readonly Filled[]) =>
      scan({ inventory, list, need }, { sought, project, filled });
    const located = await seek(inventory, { sought, need, pick });
    const [project] = located?.containers ?? [];
    if (project) inventory.settle(`${sought.kind}:${sought.id}`, project.id);
    return located;
  };
}

async function scan(
  { inventory, list, need }: { inventory: Inventory; list: List; need: Need },
  { sought, project, filled }: { sought: Sought; project: ProjectFacts; filled: readonly Filled[] },
): Promise<Found | undefined> {
  const { kind, id } = sought;
  const lists = await mapBounded(filled, async (each) => ({
    environment: each.environment,
    item: (await list(inventory, each, need)).find((item) => item.id === id),
  }));
  const found = lists.filter(({ item }) => item !== undefined);
  const [first] = found;
  if (!first?.item) return undefined;
  const { name, serviceId } = first.item;
  const within = [...(serviceId === undefined ? [] : [`service:${serviceId}`]), ...project.within];
  const environments = found.map(({ environment }) => environment);
  return {
    kind,
    id,
    ...defined({ name }),
    containers: [project],
    extent: 'in',
    environments,
    within,
  };
}

/** Lists the TCP proxies of an environment. */
export async function proxiesOf(inventory: Inventory, filled: Filled, need: Need): Promise<readonly Item[]> {
  const environmentId = filled.environment.id;
  const services = [...new Set(filled.instances.map((instance) => instance.serviceId))];
  const lists = await mapBounded(services, (serviceId) =>
    inventory.keep(`proxies ${environmentId} ${serviceId}`, need, async () => {
      const { tcpProxies } = await askFor(inventory.deps.ask, TCP_PROXIES, { environmentId, serviceId });
      return tcpProxies.map((proxy) => {
        demand(proxy.environmentId === environmentId && proxy.serviceId === serviceId, TCP_PROXIES.name);
        return { id: proxy.id, name: `${proxy.domain}:${proxy.proxyPort}`, serviceId };
      });
    }),
  );
  return lists.flat();
}

async function networksOf(inventory: Inventory, { environment }: Filled, need: Need): Promise<readonly Item[]> {
  return inventory.keep(`networks ${environment.id}`, need, async () => {
    const answer = await askFor(inventory.deps.ask, PRIVATE_NETWORKS, { environmentId: environment.id });
    return answer.privateNetworks.map(({ publicId, environmentId, projectId, name }) => {
      demand(environmentId === environment.id && projectId === environment.projectId, PRIVATE_NETWORKS.name);
      return { id: publicId, name };
    });
  });
}

async function endpointsOf(inventory: Inventory, filled: Filled, need: Need): Promise<readonly Item[]> {
  const environmentId = filled.environment.id;
  const networks = await networksOf(inventory, filled, need);
  const pairs = networks.flatMap((network) => filled.instances.map((instance) => ({ network, instance })));
  const found = await mapBounded(pairs, async ({ network, instance: { id, serviceId } }) => {
    const variables = { environmentId, privateNetworkId: network.id, serviceId };
    const answer = await inventory.find(PRIVATE_NETWORK_ENDPOINT, variables, need);
    const endpoint = answer?.privateNetworkEndpoint;
    if (!endpoint) return [];
    demand(endpoint.serviceInstanceId === id, PRIVATE_NETWORK_ENDPOINT.name);
    return [{ id: endpoint.publicId, name: endpoint.dnsName, serviceId }];
  });
  return found.flat();
}

async function agentsOf(inventory: Inventory, { environment }: Filled, need: Need): Promise<readonly Item[]> {
  return inventory.keep(`agents ${environment.id}`, need, async () => {
    const { cloudAgents } = await askFor(inventory.deps.ask, CLOUD_AGENTS, { environmentId: environment.id });
    return cloudAgents.map(({ id, name, environmentId, projectId }) => {
      demand(environmentId === environment.id && projectId === environment.projectId, CLOUD_AGENTS.name);
      return { id, name };
    });
  });
}

async function sandboxesOf(inventory: Inventory, { environment }: Filled, need: Need): Promise<readonly Item[]> {
  return inventory.keep(`sandboxes ${environment.id}`, need, async () => {
    const items: Item[] = [];
    const see = ({ sandboxes }: ReturnType<typeof SANDBOXES.data.parse>) => {
      for (const { node } of sandboxes.edges) {
        demand(node.environmentId === environment.id, SANDBOXES.name);
        items.push({ id: node.id });
      }
      return { after: sandboxes };
    };
    await readPages(inventory.deps.ask, SANDBOXES, { variables: { environmentId: environment.id }, see });
    return items;
  });
}

function demand(consistent: boolean, name: string): void {
  if (!consistent) throw noAnswer(name);
}
