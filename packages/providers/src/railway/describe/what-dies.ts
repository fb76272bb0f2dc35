import { type BlastItem, defined, type Resource } from '@writ/core';
import type { ResolveContext } from '../../provider.ts';
import { justNow } from '../../reach/resolve-deps.ts';
import type { Filled, VolumeInstanceFacts } from '../inventory/facts.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { proxiesOf } from '../inventory/locate-scanned.ts';
import { BACKUPS } from '../questions/list.ts';
import type { Blast } from './blast.ts';

/** What is described, and what is asked for it. */
export interface DescribeDeps {
  readonly inventory: Inventory;
  readonly context: ResolveContext;
}

/** What describing one target works with: the environments that the operation reaches are `hit`, the others of the project `spared`. */
export interface DescribeContext extends DescribeDeps {
  readonly blast: Blast;
  readonly hit: readonly Filled[];
  readonly spared: readonly Filled[];
  slugOf(filled: Filled): string | undefined;
}

type Backup = { id: string; name?: string | null | undefined; createdAt: string; usedMB?: number | null | undefined };

/** Adds the target itself, of a kind with which nothing else is known to go. */
export function addItself({ blast, hit, slugOf }: DescribeContext, target: Resource): void {
  const at = target.within.find((each) => each.startsWith('environment:'));
  const place = hit.find(({ environment }) => `environment:${environment.id}` === at);
  blast.dies(item(target, place && slugOf(place), {}));
}

/** Adds a volume's instances in the environments that are hit, with their backups; backups of instances elsewhere are left. */
export async function addVolume(describing: DescribeContext, volumeId: string): Promise<void> {
  const { hit, spared } = describing;
  for (const each of hit) {
    for (const instance of each.volumeInstances.filter((volume) => volume.volumeId === volumeId)) {
      await addVolumeInstance(describing, { each, instance });
    }
  }
  for (const each of spared) {
    for (const instance of each.volumeInstances.filter((volume) => volume.volumeId === volumeId)) {
      await leaveNewest(describing, { each, instanceId: instance.id });
    }
  }
}

/** Adds what is on a volume instance whose data is overwritten; its backups are left. */
export async function addVolumeContent(describing: DescribeContext, target: Resource): Promise<void> {
  addItself(describing, target);
  const each = describing.hit.find(({ volumeInstances }) => volumeInstances.some(({ id }) => id === target.id));
  if (each) await leaveNewest(describing, { each, instanceId: target.id });
}

/** Adds a backup; the newest other one of its volume instance is left. */
export async function addBackup(describing: DescribeContext, target: Resource): Promise<void> {
  const { blast, hit, slugOf } = describing;
  const instanceId = target.within
    .find((each) => each.startsWith('volume_instance:'))
    ?.slice('volume_instance:'.length);
  const each = hit.find(({ volumeInstances }) => volumeInstances.some(({ id }) => id === instanceId));
  if (instanceId === undefined || !each) return blast.unknown(`where backup ${target.id} lies`);
  const backups = await backupsOf(describing, instanceId);
  const own = backups?.find(({ id }) => id === target.id);
  blast.backupLost(own ? backupItem(own, slugOf(each)) : item(target, slugOf(each), {}));
  await leaveNewest(describing, { each, instanceId, but: target.id });
}

/** Adds a service's instances with their domains, proxies and triggers; its volumes stay, without a service. */
export async function addService(describing: DescribeContext, serviceId: string): Promise<void> {
  const { blast, hit, inventory, context, slugOf } = describing;
  for (const each of hit) {
    const slug = slugOf(each);
    const own = <T extends { readonly serviceId?: string | undefined }>(items: readonly T[]) =>
      items.filter((one) => one.serviceId === serviceId);
    for (const { id } of own(each.instances))
      blast.dies(item({ kind: 'service_instance', id }, slug, { service: serviceId }));
    for (const { kind, id, domain } of own(each.domains)) blast.dies(item({ kind, id, name: domain }, slug, {}));
    for (const { id, branch } of own(each.triggers))
      blast.dies(item({ kind: 'deployment_trigger', id }, slug, { branch }));
    const proxies = await proxiesOf(inventory, each, justNow(context)).catch(() => undefined);
    if (!proxies) blast.unknown(`which TCP proxies go with service ${serviceId}`);
    for (const { id, name } of own(proxies ?? [])) blast.dies(item({ kind: 'tcp_proxy', id, name }, slug, {}));
    for (const { id } of own(each.volumeInstances))
      blast.unknown(`what becomes of volume instance ${id} without its service`);
  }
}

/** Adds an environment with all that lies in it. */
export async function addEnvironment(describing: DescribeContext, each: Filled): Promise<void> {
  const { blast, slugOf, spared } = describing;
  const { id, name } = each.environment;
  blast.dies(item({ kind: 'environment', id, name }, slugOf(each), {}));
  for (const serviceId of new Set(each.instances.map((instance) => instance.serviceId))) {
    await addService({ ...describing, hit: [withoutVolumes(each)] }, serviceId);
  }
  for (const instance of each.volumeInstances) {
    await addVolumeInstance(describing, { each, instance });
    for (const other of spared) {
      for (const twin of other.volumeInstances.filter(({ volumeId }) => volumeId === instance.volumeId)) {
        await leaveNewest(describing, { each: other, instanceId: twin.id });
      }
    }
  }
}

/** The environment without its volumes: they die with it as a whole, so they do not count as left without a service. */
function withoutVolumes(each: Filled): Filled {
  return { ...each, volumeInstances: [] };
}

async function addVolumeInstance(
  describing: DescribeContext,
  { each, instance }: { each: Filled; instance: VolumeInstanceFacts },
): Promise<void> {
  const { blast, slugOf } = describing;
  const { id, volumeId, volumeName, serviceId, mountPath, sizeMB, currentSizeMB } = instance;
  const facts = { volume: volumeId, mount_path: mountPath, size_mb: sizeMB, used_mb: currentSizeMB };
  const service = defined({ service: serviceId });
  blast.dies(item({ kind: 'volume_instance', id, name: volumeName }, slugOf(each), { ...facts, ...service }));
  const backups = await backupsOf(describing, id);
  if (!backups) blast.unknown(`which backups of volume instance ${id} go with it`);
  for (const backup of backups ?? []) blast.backupLost(backupItem(backup, slugOf(each)));
}

async function leaveNewest(
  describing: DescribeContext,
  { each, instanceId, but }: { each: Filled; instanceId: string; but?: string },
): Promise<void> {
  const { blast, slugOf } = describing;
  const backups = await backupsOf(describing, instanceId);
  if (!backups) return blast.unknown(`which backups of volume instance ${instanceId} are left`);
  const [newest] = backups.filter(({ id }) => id !== but).sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  if (newest) blast.backupLeft(backupItem(newest, slugOf(each)));
}

/** The backups of a volume instance; `undefined` where the provider gave no answer, and then the radius says that they are not known. */
async function backupsOf(
  { inventory, context }: DescribeContext,
  volumeInstanceId: string,
): Promise<readonly Backup[] | undefined> {
  const answer = await inventory.find(BACKUPS, { volumeInstanceId }, justNow(context)).catch(() => undefined);
  return answer?.volumeInstanceBackupList;
}

function backupItem({ id, name, createdAt, usedMB }: Backup, environment: string | undefined): BlastItem {
  const size = usedMB === undefined || usedMB === null ? {} : { used_mb: usedMB };
  return item({ kind: 'backup', id, name: name ?? undefined }, environment, { created_at: createdAt, ...size });
}

function item(
  { kind, id, name }: { kind: string; id: string; name?: string | undefined },
  environment: string | undefined,
  facts: BlastItem['facts'],
): BlastItem {
  return {
    kind,
    id,
    ...defined({ name, environment }),
    facts,
  };
}
