import { z } from 'zod';
import type { Document } from '../../graphql/ask/documents.ts';
import { connection, id, PAGE_INFO } from '../../graphql/ask/relay.ts';

const named = z.object({ id, name: z.string() });

/** What an account or workspace token reaches. Refused for a project token. */
export const API_TOKEN: Document<{ apiToken: { workspaces: { id: string; name: string }[] } }> = {
  name: 'identity.api_token',
  text: 'query WritApiToken { apiToken { workspaces { id name } } }',
  data: z.object({ apiToken: z.object({ workspaces: z.array(named) }) }),
};

/** Whose an account token is. Refused for the other kinds. */
export const ME: Document<{ me: { id: string; name?: string | null | undefined } }> = {
  name: 'identity.me',
  text: 'query WritMe { me { id name } }',
  data: z.object({ me: z.object({ id, name: z.string().nullish() }) }),
};

/** The one environment of a project token. Refused for the other kinds. */
export const PROJECT_TOKEN: Document<{ projectToken: { projectId: string; environmentId: string } }> = {
  name: 'identity.project_token',
  text: 'query WritProjectToken { projectToken { projectId environmentId } }',
  data: z.object({ projectToken: z.object({ projectId: id, environmentId: id }) }),
};

const project = z.object({ id, name: z.string(), workspaceId: z.string().nullish() });

/** The projects a token reaches, of one workspace or of all. */
export const PROJECTS = {
  name: 'inventory.projects',
  text: `query WritProjects($workspaceId: String, $after: String) {
  projects(first: 100, after: $after, workspaceId: $workspaceId) { edges { node { id name workspaceId } } ${PAGE_INFO} }
}`,
  data: z.object({ projects: connection(project) }),
};
