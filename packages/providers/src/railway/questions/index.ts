/**
 * Every question Writ asks Railway on its own behalf. All are queries whose operations and fields the catalog holds to be
 * `read`; a test classifies each. Answers are shaped by zod: what does not fit is no answer.
 */
import { API_TOKEN, ME, PROJECT_TOKEN, PROJECTS } from './identity.ts';
import { BACKUPS, CLOUD_AGENTS, PRIVATE_NETWORK_ENDPOINT, PRIVATE_NETWORKS, SANDBOXES, TCP_PROXIES } from './list.ts';
import { DEPLOYMENT, ENVIRONMENT, LATEST_DEPLOYMENT, PLUGIN, SERVICE, VOLUME_INSTANCE } from './lookup.ts';
import { CONTENTS, PROJECT } from './project.ts';
import type { Document } from './question.ts';
import { SCHEMA } from './schema.ts';

/** All documents. */
export const QUESTIONS: readonly Document<unknown>[] = [
  API_TOKEN,
  ME,
  PROJECT_TOKEN,
  PROJECTS,
  PROJECT,
  CONTENTS,
  ENVIRONMENT,
  SERVICE,
  DEPLOYMENT,
  LATEST_DEPLOYMENT,
  VOLUME_INSTANCE,
  PLUGIN,
  TCP_PROXIES,
  BACKUPS,
  PRIVATE_NETWORKS,
  PRIVATE_NETWORK_ENDPOINT,
  CLOUD_AGENTS,
  SANDBOXES,
  SCHEMA,
];
