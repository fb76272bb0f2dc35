/** What is stored at Railway and a call acts by. The answers are shown to people who approve such a call, with secrets hidden. */
import type { JsonValue } from '@writ/core';
import { z } from 'zod';
import { id } from '../../graphql/ask/relay.ts';

/** Opaque to Railway's schema. */
const opaque: z.ZodType<JsonValue> = z.json();

/** The patch that is staged in an environment. It reveals opaque configuration; values of variables are not decrypted for it. */
export const STAGED_PATCH = {
  name: 'stored.staged_patch',
  text: `query WritStagedPatch($environmentId: String!) {
  environmentStagedChanges(environmentId: $environmentId) { id environmentId status updatedAt patch }
}`,
  data: z.object({
    environmentStagedChanges: z.object({
      id,
      environmentId: id,
      status: z.string(),
      updatedAt: z.string(),
      patch: opaque,
    }),
  }),
};

/** What a merge of one environment's layout into another's would change. It reveals opaque configuration. */
export const CANVAS_MERGE = {
  name: 'stored.canvas_merge',
  text: `query WritCanvasMerge($source: String!, $target: String!) {
  canvasViewMergePreview(sourceEnvironmentId: $source, targetEnvironmentId: $target) { mutations state }
}`,
  data: z.object({ canvasViewMergePreview: z.object({ mutations: z.array(opaque), state: opaque }) }),
};

/** Railway's own version of an environment's configuration. */
export const ENVIRONMENT_CONFIG = {
  name: 'stored.environment_config',
  text: 'query WritEnvironmentConfig($id: String!) { environment(id: $id) { id name configEtag } }',
  data: z.object({ environment: z.object({ id, name: z.string(), configEtag: z.string().min(1) }) }),
};

/** What a deployment deploys. */
export const STORED_DEPLOYMENT = {
  name: 'stored.deployment',
  text: `query WritStoredDeployment($id: String!) {
  deployment(id: $id) { id status createdAt snapshotId staticUrl }
}`,
  data: z.object({
    deployment: z.object({
      id,
      status: z.string(),
      createdAt: z.string(),
      snapshotId: z.string().nullish(),
      staticUrl: z.string().nullish(),
    }),
  }),
};

/** How a service starts in an environment, and what is deployed there. */
export const STORED_INSTANCE = {
  name: 'stored.service_instance',
  text: `query WritStoredInstance($environmentId: String!, $serviceId: String!) {
  serviceInstance(environmentId: $environmentId, serviceId: $serviceId) {
    id startCommand cronSchedule updatedAt latestDeployment { id status createdAt snapshotId }
  }
}`,
  data: z.object({
    serviceInstance: z.object({
      id,
      startCommand: z.string().nullish(),
      cronSchedule: z.string().nullish(),
      updatedAt: z.string(),
      latestDeployment: z
        .object({ id, status: z.string(), createdAt: z.string(), snapshotId: z.string().nullish() })
        .nullish(),
    }),
  }),
};

/** A template, by its id or by its public name. */
export const TEMPLATE = {
  name: 'stored.template',
  text: `query WritTemplate($id: String, $code: String) {
  template(id: $id, code: $code) { id code name status updatedAt }
}`,
  data: z.object({
    template: z.object({ id, code: z.string(), name: z.string(), status: z.string(), updatedAt: z.string() }),
  }),
};

/** A signal's version. */
export const SIGNAL = {
  name: 'stored.signal',
  text: 'query WritSignal($name: String!, $owner: String) { signal(name: $name, owner: $owner) { id name version updatedAt } }',
  data: z.object({
    signal: z.object({ id, name: z.string(), version: z.union([z.string(), z.number()]), updatedAt: z.string() }),
  }),
};
