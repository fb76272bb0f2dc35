import { type BlastItem, defined, type Resource } from '@writ/core';
import { idWithin } from '../../reach/located.ts';
import { mapBounded } from '../../reach/map-bounded.ts';
import { justNow } from '../../reach/resolve-deps.ts';
import type { Filled, VolumeInstanceFacts } from '../inventory/facts.ts';
import { proxiesOf } from '../inventory/locate-scanned.ts';
import { BACKUPS, BUCKET_DETAILS } from '../questions/list.ts';
import { type DescribeContext, unlessSilent } from './context.ts';
import { serviceName } from './targets.ts';

type Backup = ReturnType<typeof BACKUPS.data.parse>['volumeInstanceBackupList'][number];

/** Adds a target that is deleted, with all that goes with it. */
export async function addWhole(describing: DescribeContext, target: Resource): Promise<void> {
  const { blast, hit } = describing;
  switch (target.kind) {
    case 'volume':
      return addVolume(describing, target.id);
    case 'backup':
      return addBackup(describing, target);
    case 'service':
      return addService(describing, target.id);
    case 'environment':
      for (const each of hit) await addEnvironment(describing, each);
      return;
    case 'project':
    case 'workspace':
      addItself(describing, target);
      for (const each of hit) await addEnvironment(describing, each);
      return;
    case 'bucket':
      return addBucket(describing, target);
    default:
      addItself(describing, target);
      if (!PLAIN.has(target.kind)) blast.unknown(`what goes with ${target.kind.replaceAll('_', ' ')} ${target.id}`);
  }
}

/** Nothing else goes with one of these. */
const PLAIN: ReadonlySet<string> = new Set([
  'custom_domain',
  'service_domain',
  'tcp_proxy',
  'deployment_trigger',
  'deployment',
]);

/** Adds what is on a target that stays, but is overwritten or emptied; its backups are left. */
export async function addContent(describing: DescribeContext, target: Resource): Promise<void> {
  const { blast, hit } = describing;
  const instances = hit.flatMap((each) =>
    each.volumeInstances
      .filter(({ id, serviceId }) => (target.kind === 'service' ? serviceId === target.id : id === target.id))
      .map((instance) => ({ each, instance })),
  );
  for (const { each, instance } of instances) {
    blast.dies(instanceItem(describing, { each, instance }));
    await leaveBackups(describing, { each, instanceId: instance.id });
  }
  if (instances.length === 0) blast.unknown(`what is on ${target.kind.replaceAll('_', ' ')} ${target.id}`);
}

function addItself({ blast, found, hit, slugOf }: DescribeContext, { kind, id }: Resource): void {
  const [only, ...others] = found.extent === 'in' ? hit : [];
  const environment = only && others.length === 0 ? slugOf(only) : undefined;
  const automatic = kind === 'deployment' ? { automatic: true as const } : {};
  blast.dies({ ...item({ kind, id, name: found.name }, environment, {}), ...automatic });
}

/** Adds a volume's instances in the environments that are hit, with their backups; backups of instances elsewhere are left. */
async function addVolume(describing: DescribeContext, volumeId: string): Promise<void> {
  for (const at of instancesOf(describing.hit, volumeId)) await addVolumeInstance(describing, at);
  await leaveElsewhere(describing, volumeId);
}

/** Leaves the backups of a volume's instances in the environments that are spared. */
async function leaveElsewhere(describing: DescribeContext, volumeId: string): Promise<void> {
  for (const { each, instance } of instancesOf(describing.spared, volumeId))
    await leaveBackups(describing, { each, instanceId: instance.id });
}

function instancesOf(environments: readonly Filled[], volumeId: string): readonly PlacedVolume[] {
  return environments.flatMap((each) =>
    each.volumeInstances.filter((one) => one.volumeId === volumeId).map((instance) => ({ each, instance })),
  );
}

/** Adds a backup; the others of its volume instance are left. */
async function addBackup(describing: DescribeContext, target: Resource): Promise<void> {
  const { blast, hit, slugOf } = describing;
  const instanceId = idWithin(target, 'volume_instance');
  const each = hit.find(({ volumeInstances }) => volumeInstances.some(({ id }) => id === instanceId));
  if (instanceId === undefined || !each) return blast.unknown(`where backup ${target.id} lies`);
  const backups = await backupsOf(describing, instanceId);
  const own = backups?.find(({ id }) => id === target.id);
  blast.backupLost(own ? backupItem(own, slugOf(each)) : item(target, slugOf(each), {}));
  await leaveBackups(describing, { each, instanceId, but: target.id });
}

/** Adds a service's instances with their domains, proxies and triggers; its volumes stay, without a service. */
async function addService(describing: DescribeContext, serviceId: string): Promise<void> {
  const { blast, hit, inventory, context, found, slugOf } = describing;
  const name = serviceName(found.containers, serviceId);
  for (const each of hit) {
    const slug = slugOf(each);
    const own = <T extends { readonly serviceId?: string | undefined }>(items: readonly T[]) =>
      items.filter((one) => one.serviceId === serviceId);
    for (const { id } of own(each.instances))
      blast.dies({
        ...item({ kind: 'service_instance', id, name }, slug, { service: serviceId }),
        of: `service:${serviceId}`,
      });
    for (const { kind, id, domain } of own(each.domains)) blast.dies(item({ kind, id, name: domain }, slug, {}));
    for (const { id, branch } of own(each.triggers))
      blast.dies(item({ kind: 'deployment_trigger', id }, slug, { branch }));
    const proxies = await unlessSilent(proxiesOf(inventory, each, justNow(context)));
    if (!proxies) blast.unknown(`which TCP proxies go with service ${serviceId}`);
    for (const proxy of own(proxies ?? [])) blast.dies(item({ ...proxy, kind: 'tcp_proxy' }, slug, {}));
    for (const { id } of own(each.volumeInstances))
      blast.unknown(`what becomes of volume instance ${id} without its service`);
  }
}

/** Adds an environment with all that lies in it. */
async function addEnvironment(describing: DescribeContext, each: Filled): Promise<void> {
  const { blast, slugOf } = describing;
  const { id, name } = each.environment;
  blast.dies(item({ kind: 'environment', id, name }, slugOf(each), {}));
  for (const serviceId of new Set(each.instances.map((instance) => instance.serviceId))) {
    await addService({ ...describing, hit: [withoutVolumes(each)] }, serviceId);
  }
  for (const instance of each.volumeInstances) {
    await addVolumeInstance(describing, { each, instance });
    await leaveElsewhere(describing, instance.volumeId);
  }
}

/** The environment without its volumes: they die with it as a whole, so they do not count as left without a service. */
function withoutVolumes(each: Filled): Filled {
  return { ...each, volumeInstances: [] };
}

/** Adds a bucket with what is in it, in all environments that are hit: no question lists where it has an instance. */
async function addBucket(describing: DescribeContext, target: Resource): Promise<void> {
  const { blast, found, hit, inventory, context } = describing;
  const answers = await mapBounded(hit, ({ environment }) => {
    const variables = { bucketId: target.id, environmentId: environment.id };
    return unlessSilent(inventory.find(BUCKET_DETAILS, variables, justNow(context)));
  });
  const details = answers.flatMap((answer) => answer?.bucketInstanceDetails ?? []);
  if (details.length === 0) blast.unknown(`how much is in bucket ${target.id}`);
  const sum = (values: readonly (string | number)[]) =>
    values.reduce<number>((total, value) => total + Number(value), 0);
  const objects = sum(details.map(({ objectCount }) => objectCount));
  const size_bytes = sum(details.map(({ sizeBytes }) => sizeBytes));
  blast.dies(item({ ...target, name: found.name }, undefined, details.length === 0 ? {} : { objects, size_bytes }));
}

async function addVolumeInstance(describing: DescribeContext, at: PlacedVolume): Promise<void> {
  const { blast, slugOf } = describing;
  const { id } = at.instance;
  blast.dies(instanceItem(describing, at));
  const backups = await backupsOf(describing, id);
  if (!backups) blast.unknown(`which backups of volume instance ${id} go with it`);
  for (const backup of backups ?? []) blast.backupLost(backupItem(backup, slugOf(at.each)));
}

interface PlacedVolume {
  readonly each: Filled;
  readonly instance: VolumeInstanceFacts;
}

function instanceItem({ found, slugOf }: DescribeContext, { each, instance }: PlacedVolume): BlastItem {
  const { id, volumeId, volumeName, serviceId, mountPath, sizeMB, currentSizeMB } = instance;
  const facts = { volume: volumeId, mount_path: mountPath, size_mb: sizeMB, used_mb: currentSizeMB };
  const service_name = serviceId === undefined ? undefined : serviceName(found.containers, serviceId);
  const attached = defined({ service: serviceId, service_name });
  const named = item({ kind: 'volume_instance', id, name: volumeName }, slugOf(each), { ...facts, ...attached });
  return { ...named, of: `volume:${volumeId}` };
}

async function leaveBackups(
  describing: DescribeContext,
  { each, instanceId, but }: { each: Filled; instanceId: string; but?: string },
): Promise<void> {
  const { blast, slugOf } = describing;
  const backups = await backupsOf(describing, instanceId);
  if (!backups) return blast.unknown(`which backups of volume instance ${instanceId} are left`);
  for (const backup of backups.filter(({ id }) => id !== but)) {
    const left = backupItem(backup, slugOf(each));
    blast.backupLeft({ ...left, facts: { ...left.facts, where: each.environment.name, of: instanceId } });
  }
}

/** The backups of a volume instance; `undefined` where the provider gave no answer, and then the radius says that they are not known. */
async function backupsOf(
  { inventory, context }: DescribeContext,
  volumeInstanceId: string,
): Promise<readonly Backup[] | undefined> {
  const answer = await unlessSilent(inventory.find(BACKUPS, { volumeInstanceId }, justNow(context)));
  return answer?.volumeInstanceBackupList;
}

function backupItem({ id, name, createdAt, usedMB, scheduleId }: Backup, environment: string | undefined): BlastItem {
  const facts = { created_at: createdAt, ...(typeof usedMB === 'number' && { used_mb: usedMB }) };
  const automatic = typeof scheduleId === 'string' ? { automatic: true as const } : {};
  return { ...item({ kind: 'backup', id, name: name ?? undefined }, environment, facts), ...automatic };
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
