import { canonicalJson, digestOf, type JsonObject, type JsonValue, type StoredState } from '@writ/core';
import type { Document } from '../../graphql/ask/documents.ts';
import { idWithin } from '../../reach/located.ts';
import { justNow } from '../../reach/resolve-deps.ts';
import { idAt } from '../../review/arguments.ts';
import type { StoredRef } from '../../review/review.ts';
import { findBy } from '../inventory/ask.ts';
import { locate } from '../inventory/locate.ts';
import { BACKUPS } from '../questions/list.ts';
import {
  CANVAS_MERGE,
  ENVIRONMENT_CONFIG,
  SIGNAL,
  STAGED_PATCH,
  STORED_DEPLOYMENT,
  STORED_INSTANCE,
  TEMPLATE,
} from '../questions/stored.ts';
import { type DescribeDeps, unlessSilent } from './context.ts';
import { hidden } from './hidden.ts';

/** Characters of JSON: what is longer cannot be shown whole, and so nobody can approve it. */
const MOST_SHOWN = 64_000;

/** What was read of something stored. */
interface Read extends Omit<StoredState, 'name'> {
  /** The whole of it, unhidden, where ids stand in it. */
  readonly value?: JsonValue;
}

/** Reads one kind of stored thing by its id, inside another. Undefined where Railway does not say. */
type Reader = (reading: Reading, id: string, of: string | undefined) => Promise<Read | undefined>;

interface Reading {
  readonly asked: DescribeDeps;
  find<T>(document: Document<T>, variables: JsonObject): Promise<T | undefined>;
}

/**
 * Reads what a call acts by besides its arguments, as it is now. Undefined where Railway does not say what it is, or it is too long to be
 * shown.
 */
export async function readStored(
  asked: DescribeDeps,
  values: JsonObject,
  { what, path, of }: Extract<StoredRef, { what: string }>,
): Promise<{ readonly state: StoredState; readonly value: JsonValue } | undefined> {
  const id = idAt(values, path) ?? '';
  const { inventory } = asked;
  // Nothing of it is remembered: it may hold secrets.
  const find: Reading['find'] = (document, variables) =>
    unlessSilent(inventory.doubting(() => findBy(inventory.deps.ask, document, variables)));
  const read = await READERS[what]?.({ find, asked }, id, of === undefined ? undefined : idAt(values, of));
  if (read === undefined || canonicalJson(read.shown).length > MOST_SHOWN) return undefined;
  const { version, shown, value = null } = read;
  return { state: { name: `${what.replaceAll('_', ' ')} ${id}`, version, shown }, value };
}

const READERS: Readonly<Record<string, Reader>> = {
  /** Its version covers the time at which it changed: values of variables that Railway hides may change alone. */
  staged_patch: async ({ find }, environmentId) => {
    const patch = (await find(STAGED_PATCH, { environmentId }))?.environmentStagedChanges;
    if (patch?.environmentId !== environmentId) return undefined;
    const shown = { status: patch.status, updated_at: patch.updatedAt, patch: hidden(patch.patch) };
    return { version: digestOf({ ...patch }), shown, value: patch.patch };
  },
  canvas_merge: async ({ find }, source, target) => {
    const merge = (await find(CANVAS_MERGE, { source, target: target ?? '' }))?.canvasViewMergePreview;
    return merge && { version: digestOf({ ...merge }), shown: { changes: merge.mutations.map(hidden) } };
  },
  environment_config: async ({ find }, id) => {
    const environment = (await find(ENVIRONMENT_CONFIG, { id }))?.environment;
    if (environment?.id !== id) return undefined;
    return { version: environment.configEtag, shown: { environment: environment.name } };
  },
  deployment: async ({ find }, id) => {
    const deployment = (await find(STORED_DEPLOYMENT, { id }))?.deployment;
    if (deployment?.id !== id) return undefined;
    const { createdAt, snapshotId, status, staticUrl } = deployment;
    const shown = { created_at: createdAt, snapshot: snapshotId ?? null, status, url: staticUrl ?? null };
    // What it deploys never changes; its status does, all the time.
    return { version: digestOf({ id, createdAt, snapshotId: snapshotId ?? null }), shown };
  },
  latest_deployment: async ({ find }, serviceId, environmentId) => {
    const instance = (await find(STORED_INSTANCE, { environmentId: environmentId ?? '', serviceId }))?.serviceInstance;
    const latest = instance?.latestDeployment;
    if (!latest) return undefined;
    return { version: latest.id, shown: { created_at: latest.createdAt, status: latest.status } };
  },
  instance_command: async ({ find, asked }, id) => {
    const place = await placeOfInstance(asked, id);
    const instance = place && (await find(STORED_INSTANCE, place))?.serviceInstance;
    if (instance?.id !== id) return undefined;
    const { startCommand, cronSchedule, latestDeployment } = instance;
    const shown = {
      start_command: startCommand ?? null,
      cron_schedule: cronSchedule ?? null,
      deployment: latestDeployment?.id ?? null,
    };
    return { version: digestOf(shown), shown };
  },
  backup: async ({ find }, id, volumeInstanceId) => {
    const backups = (await find(BACKUPS, { volumeInstanceId: volumeInstanceId ?? '' }))?.volumeInstanceBackupList;
    const backup = backups?.find((each) => each.id === id);
    if (backup === undefined) return undefined;
    const { externalId, createdAt, name, usedMB } = backup;
    const shown = { name: name ?? null, created_at: createdAt, used_mb: usedMB ?? null };
    return { version: digestOf({ id, externalId, createdAt }), shown };
  },
  template: async ({ find }, id) => ofTemplate(await find(TEMPLATE, { id }), (template) => template.id === id),
  template_code: async ({ find }, code) =>
    ofTemplate(await find(TEMPLATE, { code }), (template) => template.code === code),
  signal: async ({ find }, name, owner) => {
    const signal = (await find(SIGNAL, { name, ...(owner !== undefined && { owner }) }))?.signal;
    if (signal?.name !== name) return undefined;
    return { version: String(signal.version), shown: { updated_at: signal.updatedAt } };
  },
};

type Template = ReturnType<typeof TEMPLATE.data.parse>['template'];

function ofTemplate(answer: { readonly template: Template } | undefined, isIt: (template: Template) => boolean) {
  const template = answer?.template;
  if (template === undefined || !isIt(template)) return undefined;
  const { name, status, updatedAt } = template;
  return { version: digestOf({ id: template.id, updatedAt }), shown: { name, status, updated_at: updatedAt } };
}

async function placeOfInstance({ inventory, context }: DescribeDeps, id: string) {
  const found = await unlessSilent(locate(inventory, { kind: 'service_instance', id }, justNow(context)));
  const serviceId = found && idWithin(found, 'service');
  const environmentId = found?.environments[0]?.id;
  return serviceId === undefined || environmentId === undefined ? undefined : { environmentId, serviceId };
}
