import type { Ask } from '../../provider.ts';
import { API_TOKEN, PROJECT_TOKEN, PROJECTS } from '../questions/identity.ts';
import { CONTENTS, PROJECT } from '../questions/project.ts';
import { membersOf } from '../selectors.ts';
import { findBy, readPages } from './ask.ts';
import type { Contents, DomainFacts, EnvironmentFacts, NamedThing, ProjectFacts, Scope } from './facts.ts';
import { noAnswer, rejectedToken } from './unresolved.ts';

/**
 * Asks what the root credential reaches: workspaces, or the one environment of a project token. Throws for a token that Railway rejects.
 */
export async function readScope(ask: Ask): Promise<Scope> {
  const context = await findBy(ask, API_TOKEN, {});
  if (context) return { kind: 'workspaces', workspaces: context.apiToken.workspaces };
  const own = await findBy(ask, PROJECT_TOKEN, {});
  if (!own) throw noAnswer(PROJECT_TOKEN.name, rejectedToken());
  return { kind: 'environment', ...own.projectToken };
}

/** Lists the ids of all projects in the scope: those of every workspace, and those that are shared with the user. */
export async function readProjectIds(ask: Ask, scope: Scope): Promise<readonly string[]> {
  if (scope.kind === 'environment') return [scope.projectId];
  const ids = new Set<string>();
  for (const workspaceId of [...scope.workspaces.map((workspace) => workspace.id), undefined]) {
    const see = ({ projects }: { projects: { edges: { node: { id: string } }[] } & Pages }) => {
      for (const { node } of projects.edges) ids.add(node.id);
      return { after: projects };
    };
    await readPages(ask, PROJECTS, { variables: workspaceId === undefined ? {} : { workspaceId }, see });
  }
  return [...ids];
}
type Pages = { pageInfo: { hasNextPage: boolean; endCursor?: string | null | undefined } };

/** Reads a project; `undefined` where there is none for this token. With a project token only that token's own environment is read. */
export async function readProject(
  ask: Ask,
  at: { readonly id: string; readonly scope: Scope },
): Promise<ProjectFacts | undefined> {
  const first = await findBy(ask, PROJECT, { id: at.id });
  if (!first) return undefined;
  const environments = new Map<string, EnvironmentFacts>();
  const named = {
    services: new Map<string, NamedThing>(),
    volumes: new Map<string, NamedThing>(),
    buckets: new Map<string, NamedThing>(),
  };
  const see = ({ project }: typeof first) => {
    if (project.id !== at.id) throw noAnswer(PROJECT.name);
    for (const { node } of project.environments.edges) {
      const facts = { ...own(node, at.id), ephemeral: node.isEphemeral };
      environments.set(node.id, { ...facts, members: membersOf(facts) });
    }
    for (const kind of ['services', 'volumes', 'buckets'] as const) {
      for (const { node } of project[kind].edges) named[kind].set(node.id, own(node, at.id));
    }
    const { services, volumes, buckets } = project;
    return { environments: project.environments, services, volumes, buckets };
  };
  await readPages(ask, PROJECT, { variables: { id: at.id }, see, first });
  const { name, workspaceId } = first.project;
  return {
    id: at.id,
    name,
    workspaceId: workspaceId ?? undefined,
    within: [`project:${at.id}`, ...(workspaceId ? [`workspace:${workspaceId}`] : [])],
    partial: at.scope.kind === 'environment',
    environments: within(at.scope, [...environments.values()]),
    services: [...named.services.values()],
    volumes: [...named.volumes.values()],
    buckets: [...named.buckets.values()],
  };
}

function within(scope: Scope, environments: readonly EnvironmentFacts[]): readonly EnvironmentFacts[] {
  if (scope.kind === 'workspaces') return environments;
  const own = environments.filter((environment) => environment.id === scope.environmentId);
  if (own.length === 0) throw noAnswer(PROJECT.name);
  return own;
}

/** Throws for an answer that places something in another project than the one asked about: it is wrong, or the thing was being moved. */
function own(node: { id: string; name: string; projectId: string }, projectId: string) {
  if (node.projectId !== projectId) throw noAnswer(PROJECT.name);
  return { id: node.id, name: node.name, projectId };
}

/** Reads what lies in an environment. Throws for an answer with an item that lies elsewhere. */
export async function readContents(ask: Ask, environment: EnvironmentFacts): Promise<Contents> {
  const found = { instances: new Map(), domains: new Map(), volumeInstances: new Map(), triggers: new Map() } as Found;
  const see = ({ environment: answer }: ContentsAnswer) => {
    const { id, projectId, isEphemeral } = answer;
    demand(id === environment.id && projectId === environment.projectId && isEphemeral === environment.ephemeral);
    for (const { node } of answer.serviceInstances.edges) seeInstance(found, node, environment);
    for (const { node } of answer.volumeInstances.edges) seeVolume(found, node, environment);
    for (const { node } of answer.deploymentTriggers.edges) {
      demand(node.environmentId === environment.id && node.projectId === environment.projectId);
      found.triggers.set(node.id, { ...node, serviceId: node.serviceId ?? undefined });
    }
    return {
      instances: answer.serviceInstances,
      volumes: answer.volumeInstances,
      triggers: answer.deploymentTriggers,
    };
  };
  await readPages(ask, CONTENTS, { variables: { id: environment.id }, see });
  return {
    instances: [...found.instances.values()],
    domains: [...found.domains.values()],
    volumeInstances: [...found.volumeInstances.values()],
    triggers: [...found.triggers.values()],
  };
}

type ContentsAnswer = ReturnType<typeof CONTENTS.data.parse>;
type Node<K extends 'serviceInstances' | 'volumeInstances'> = ContentsAnswer['environment'][K]['edges'][number]['node'];
type Found = { [K in keyof Contents]: Map<string, Contents[K][number]> };

function seeInstance(found: Found, node: Node<'serviceInstances'>, environment: EnvironmentFacts): void {
  demand(node.environmentId === environment.id);
  found.instances.set(node.id, { id: node.id, serviceId: node.serviceId });
  const seeDomain = (kind: DomainFacts['kind'], domain: (typeof node.domains.customDomains)[number]) => {
    const { id, domain: name, serviceId, environmentId, projectId } = domain;
    demand(environmentId === environment.id && serviceId === node.serviceId);
    demand(projectId === undefined || projectId === null || projectId === environment.projectId);
    found.domains.set(id, { kind, id, domain: name, serviceId });
  };
  for (const domain of node.domains.customDomains) seeDomain('custom_domain', domain);
  for (const domain of node.domains.serviceDomains) seeDomain('service_domain', domain);
}

function seeVolume(found: Found, node: Node<'volumeInstances'>, environment: EnvironmentFacts): void {
  demand(node.environmentId === environment.id && node.volume.id === node.volumeId);
  demand(node.volume.projectId === environment.projectId);
  const { id, volumeId, volume, serviceId, mountPath, sizeMB, currentSizeMB } = node;
  const volumeName = volume.name;
  found.volumeInstances.set(id, {
    id,
    volumeId,
    volumeName,
    serviceId: serviceId ?? undefined,
    mountPath,
    sizeMB,
    currentSizeMB,
  });
}

function demand(consistent: boolean): void {
  if (!consistent) throw noAnswer(CONTENTS.name);
}
