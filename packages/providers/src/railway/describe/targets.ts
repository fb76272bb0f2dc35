import {
  type DescribedEnvironment,
  type DescribedTarget,
  defined,
  type JsonObject,
  type ResolvedOperation,
  type Resource,
} from '@writ/core';
import { mapBounded } from '../../reach/map-bounded.ts';
import { justNow } from '../../reach/resolve-deps.ts';
import type { Filled, ProjectFacts } from '../inventory/facts.ts';
import type { Blast } from './blast.ts';
import type { DescribeContext, DescribeDeps } from './context.ts';

/** A target by its present name, with what is attached to it where the call acts on it. */
export function describeTarget(
  { found, hit, slugOf }: DescribeContext,
  { operation, target: { kind, id } }: { readonly operation: string; readonly target: Resource },
): DescribedTarget {
  const slugs = hit.map(slugOf).filter((slug) => slug !== undefined);
  const facts = (FACTS[kind] ?? (() => ({})))(id, hit, found.containers);
  return { operation, kind, id, ...defined({ name: found.name }), environments: [...new Set(slugs)].sort(), facts };
}

type Facts = (id: string, hit: readonly Filled[], projects: readonly ProjectFacts[]) => JsonObject;

/** What is told of a target, by its kind. */
const FACTS: Readonly<Record<string, Facts>> = {
  workspace: (_, hit, projects) => ({ projects: projects.length, ...countsOf(hit) }),
  project: (_, hit) => countsOf(hit),
  environment: (_, hit) => countsOf(hit),
  service: (id, hit) => ({
    instances: hit.flatMap(({ instances }) => instances.filter(({ serviceId }) => serviceId === id)).length,
    domains: hit.flatMap(({ domains }) =>
      domains.filter(({ serviceId }) => serviceId === id).map(({ domain }) => domain),
    ),
    volumes: hit.flatMap(({ volumeInstances }) =>
      volumeInstances.filter(({ serviceId }) => serviceId === id).map(({ volumeName }) => volumeName),
    ),
  }),
  volume: (id, hit, projects) => {
    const instances = hit.flatMap(({ volumeInstances }) => volumeInstances.filter(({ volumeId }) => volumeId === id));
    const services = [...new Set(instances.flatMap(({ serviceId }) => serviceId ?? []))];
    return {
      instances: instances.length,
      services: services.map((service) => serviceName(projects, service) ?? service),
      size_mb: instances.reduce((sum, { sizeMB }) => sum + sizeMB, 0),
      used_mb: instances.reduce((sum, { currentSizeMB }) => sum + currentSizeMB, 0),
    };
  },
};

function countsOf(hit: readonly Filled[]): JsonObject {
  const idsOf = (ids: readonly (string | undefined)[]) => new Set(ids).size;
  return {
    environments: hit.length,
    services: idsOf(hit.flatMap(({ instances }) => instances.map(({ serviceId }) => serviceId))),
    volumes: idsOf(hit.flatMap(({ volumeInstances }) => volumeInstances.map(({ volumeId }) => volumeId))),
    domains: hit.flatMap(({ domains }) => domains).length,
  };
}

/** The present name of a service of these projects. */
export function serviceName(projects: readonly ProjectFacts[], id: string): string | undefined {
  return projects.flatMap(({ services }) => services).find((service) => service.id === id)?.name;
}

/** The environments that a request reaches, each once, with the provider's own names. */
export async function describeEnvironments(
  { inventory, context, blast }: DescribeDeps & { readonly blast: Blast },
  operations: readonly ResolvedOperation[],
): Promise<readonly DescribedEnvironment[]> {
  const reached = new Map<string, { kind: DescribedEnvironment['kind']; places: Set<string> }>();
  for (const { slug, kind, places = [] } of operations.flatMap(({ environments }) => environments)) {
    const known = reached.get(slug);
    // One operation may reach a fork of a row alone, another also what is none: the row then counts as the other kind.
    const worse = known === undefined || known.kind === 'ephemeral' ? kind : known.kind;
    reached.set(slug, { kind: worse, places: new Set([...(known?.places ?? []), ...places]) });
  }
  const described: DescribedEnvironment[] = [];
  for (const [slug, { kind, places }] of reached) {
    const homes = await mapBounded([...places], async (id) => ({
      id,
      project: await inventory.home(`environment:${id}`, justNow(context)),
    }));
    const provider: DescribedEnvironment['provider'][number][] = [];
    for (const { id, project } of homes) {
      const environment = project?.environments.find((each) => each.id === id);
      if (project && environment) {
        const holder = { container: project.name, within: `project:${project.id}` };
        provider.push({ kind: 'environment', id, name: environment.name, ...holder });
      } else blast.unknown(`how Railway calls environment ${id}`);
    }
    described.push({ slug, kind, provider });
  }
  return described;
}
