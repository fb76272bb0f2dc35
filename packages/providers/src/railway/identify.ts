import type { EnvironmentSelector } from '@writ/core';
import type { Identity, ProviderEnvironment, UpstreamDeps } from '../provider.ts';
import { findBy } from './inventory/ask.ts';
import type { ProjectFacts } from './inventory/facts.ts';
import type { Inventory } from './inventory/inventory.ts';
import { rejectedToken } from './inventory/unresolved.ts';
import { API_TOKEN, ME, PROJECT_TOKEN } from './questions/identity.ts';

const MAX_LINES = 500;

/** Asks who the root credential is and how far it reaches. Throws `credential_rejected` where Railway does not know it. */
export async function identify(inventory: Inventory): Promise<Identity> {
  const { deps } = inventory;
  const need = { since: deps.now() };
  const who = await whose(deps);
  const projects = await inventory.projects(need);
  const identity = who ?? `project token for ${onlyEnvironment(projects)}`;
  return { identity, reach: reachOf(projects).slice(0, MAX_LINES) };
}

/** Lists the environments the credential reaches, ephemeral ones with the selector for all of their kind in the project. */
export async function listEnvironments(inventory: Inventory): Promise<readonly ProviderEnvironment[]> {
  const projects = await inventory.projects({ since: inventory.deps.now() });
  const isOnly = projects.length === 1;
  return projects.flatMap((project) =>
    project.environments.map((environment) => {
      const { id, name, ephemeral } = environment;
      const selector: EnvironmentSelector = ephemeral ? { ephemeral_of: [project.id] } : { environment_ids: [id] };
      const leaf = ephemeral ? 'pr' : name;
      const labels = isOnly ? [leaf] : [project.name, leaf];
      const container = { id: project.id, name: project.name };
      return { id, name, ephemeral, container, members: environment.members, selector, labels };
    }),
  );
}

/** The text for an account or workspace token; `undefined` for a project token. */
async function whose({ ask }: UpstreamDeps): Promise<string | undefined> {
  const context = await findBy(ask, API_TOKEN, {});
  if (!context) {
    if (await findBy(ask, PROJECT_TOKEN, {})) return undefined;
    throw rejectedToken();
  }
  const account = await findBy(ask, ME, {});
  if (account) return `account token of ${account.me.name ?? account.me.id}`;
  const names = context.apiToken.workspaces.map(({ name }) => name).sort();
  return `workspace token for ${names.join(', ') || 'no workspace'}`;
}

function onlyEnvironment(projects: readonly ProjectFacts[]): string {
  const [line] = reachOf(projects).filter((each) => each.startsWith('environment '));
  return line?.slice('environment '.length) ?? 'no environment';
}

function reachOf(projects: readonly ProjectFacts[]): readonly string[] {
  return projects.flatMap((project) => [
    `project ${project.name}`,
    ...project.environments.map(({ name }) => `environment ${project.name}/${name}`),
  ]);
}
