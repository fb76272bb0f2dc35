import type { InventoryItem } from '../provider.ts';
import type { EnvironmentFacts, Filled, NamedThing, ProjectFacts } from './inventory/facts.ts';
import type { Inventory } from './inventory/inventory.ts';

/** Lists all that the inventory knows, walked at most 30 s ago. */
export async function listItems(inventory: Inventory): Promise<readonly InventoryItem[]> {
  const need = { since: inventory.deps.now() - 30_000 };
  const items: InventoryItem[] = [];
  for (const project of await inventory.projects(need)) {
    const filled = await inventory.filled(project, need);
    items.push(...directoryItems(project, filled), ...filled.flatMap((each) => contentItems(project, each)));
  }
  return items;
}

function directoryItems(project: ProjectFacts, filled: readonly Filled[]): readonly InventoryItem[] {
  const within = project.within;
  const make = (kind: string, { id, name }: NamedThing, environments: InventoryItem['environments']) => {
    return { kind, id, name, environments, within, facts: {} };
  };
  const where = (has: (each: Filled) => boolean) => filled.filter(has).map(({ environment }) => place(environment));
  return [
    { ...make('project', project, []), within: within.slice(1) },
    ...project.environments.map((each) => ({
      ...make('environment', each, [place(each)]),
      facts: { ephemeral: each.ephemeral },
    })),
    ...project.services.map((each) =>
      make(
        'service',
        each,
        where(({ instances }) => instances.some(({ serviceId }) => serviceId === each.id)),
      ),
    ),
    ...project.volumes.map((each) =>
      make(
        'volume',
        each,
        where(({ volumeInstances }) => volumeInstances.some(({ volumeId }) => volumeId === each.id)),
      ),
    ),
    ...project.buckets.map((each) => make('bucket', each, [])),
  ];
}

function place(environment: EnvironmentFacts): InventoryItem['environments'][number] {
  return { id: environment.id, members: environment.members };
}

function contentItems(project: ProjectFacts, filled: Filled): readonly InventoryItem[] {
  const { environment, instances, domains, volumeInstances, triggers } = filled;
  const around = [`environment:${environment.id}`, ...project.within];
  const make = (kind: string, item: { id: string; serviceId?: string | undefined }, rest: Partial<InventoryItem>) => ({
    kind,
    id: item.id,
    environments: [place(environment)],
    within: [...(item.serviceId === undefined ? [] : [`service:${item.serviceId}`]), ...around],
    facts: {},
    ...rest,
  });
  return [
    ...instances.map((each) => make('service_instance', each, {})),
    ...domains.map((each) => make(each.kind, each, { name: each.domain })),
    ...volumeInstances.map((each) => {
      const facts = { size_mb: each.sizeMB, used_mb: each.currentSizeMB, mount_path: each.mountPath };
      return make('volume_instance', each, { name: each.volumeName, facts });
    }),
    ...triggers.map((each) =>
      make('deployment_trigger', each, { facts: { branch: each.branch, repository: each.repository } }),
    ),
  ];
}
