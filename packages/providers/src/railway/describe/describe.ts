import { type BlastRadius, defined, type Resolved, type ResolvedOperation, type Resource } from '@writ/core';
import { justNow } from '../../reach/resolve-deps.ts';
import { environmentWith } from '../../selectors.ts';
import type { Filled } from '../inventory/facts.ts';
import { locate } from '../inventory/locate.ts';
import { SELECTORS } from '../selectors.ts';
import { Blast } from './blast.ts';
import {
  addBackup,
  addEnvironment,
  addItself,
  addService,
  addVolume,
  addVolumeContent,
  type DescribeContext,
  type DescribeDeps,
} from './what-dies.ts';

/** What goes with the targets of the destructive operations of a request, as the provider says now. Others add nothing. */
export async function describeRequest(asked: DescribeDeps, resolved: Resolved): Promise<BlastRadius> {
  const blast = new Blast();
  for (const operation of resolved.operations) {
    if (operation.effect !== 'destroy') continue;
    if (operation.targets.length === 0) blast.unknown(`what ${operation.name} takes with it`);
    for (const target of operation.targets) await describeTarget(asked, { blast, operation, target });
  }
  return blast.finish();
}

async function describeTarget(
  asked: DescribeDeps,
  { blast, operation, target }: { blast: Blast; operation: ResolvedOperation; target: Resource },
): Promise<void> {
  const need = justNow(asked.context);
  const { inventory, context } = asked;
  const instance = target.within.find((each) => each.startsWith('volume_instance:'))?.slice('volume_instance:'.length);
  const sought = { kind: target.kind, id: target.id, ...defined({ of: instance }) };
  const located = target.kind === 'domain' ? undefined : await locate(inventory, sought, need);
  const filled = (
    await Promise.all((located?.containers ?? []).map((project) => inventory.filled(project, need)))
  ).flat();
  const slugOf = ({ environment }: Filled) =>
    environmentWith(SELECTORS, context.connection.environments, environment.members)?.slug;
  const reached = new Set(operation.environments.map(({ slug }) => slug));
  // One slug can stand for many ephemeral environments: where the target lies in one alone, only that is hit.
  const alone = target.within.find((each) => each.startsWith('environment:'));
  const isHit = (each: Filled) => alone === undefined || alone === `environment:${each.environment.id}`;
  const hit = filled.filter((each) => reached.has(slugOf(each) ?? '') && isHit(each));
  const spared = filled.filter((each) => !hit.includes(each));
  await describeByKind({ ...asked, blast, hit, spared, slugOf }, target);
}

async function describeByKind(describing: DescribeContext, target: Resource): Promise<void> {
  const { blast, hit } = describing;
  switch (target.kind) {
    case 'volume':
      return addVolume(describing, target.id);
    case 'volume_instance':
      return addVolumeContent(describing, target);
    case 'backup':
      return addBackup(describing, target);
    case 'service':
      return addService(describing, target.id);
    case 'environment':
      for (const each of hit.filter(({ environment }) => environment.id === target.id))
        await addEnvironment(describing, each);
      return;
    case 'project':
    case 'workspace':
      addItself(describing, target);
      for (const each of hit) await addEnvironment(describing, each);
      return;
    case 'domain':
      return;
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
