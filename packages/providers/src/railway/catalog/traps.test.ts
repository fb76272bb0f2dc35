import { type Effect, type JsonObject, worstEffect } from '@writ/core';
import { describe, expect, test } from 'vitest';
import { holds } from '../../review/condition.ts';
import { railwayCatalog } from './index.ts';

/** Mutation, arguments, and the worst effect they may have. */
const TRAPS: readonly (readonly [string, JsonObject, Effect])[] = [
  [
    'volumeInstanceUpdate',
    { volumeId: 'v', environmentId: 'e', input: { state: 'DELETED', serviceId: 's' } },
    'destroy',
  ],
  ['volumeInstanceUpdate', { volumeId: 'v', environmentId: 'e', input: { state: 'DELETING' } }, 'destroy'],
  ['volumeInstanceUpdate', { volumeId: 'v', environmentId: 'e', input: { state: 'RESTORING' } }, 'destroy'],
  ['volumeInstanceUpdate', { volumeId: 'v', input: { serviceId: null } }, 'destroy'],
  ['volumeInstanceUpdate', { volumeId: 'v', input: {} }, 'destroy'],
  ['volumeInstanceUpdate', { volumeId: 'v', input: { serviceId: 'another' } }, 'destroy'],
  ['volumeInstanceUpdate', { volumeId: 'v', input: { serviceId: 's', mountPath: '/elsewhere' } }, 'destroy'],
  ['variableCollectionUpsert', { input: { variables: { A: '1' }, replace: false, skipDeploys: false } }, 'write'],
  ['variableCollectionUpsert', { input: { variables: { A: '1' }, replace: true } }, 'destroy'],
  ['variableCollectionUpsert', { input: { variables: { A: null } } }, 'destroy'],
  ['variableCollectionUpsert', { input: { variables: '{"A":null}' } }, 'destroy'],
  ['variableCollectionUpsert', { input: { variables: { NIXPACKS_START_CMD: 'sh' } } }, 'execute'],
  ['variableUpsert', { input: { name: 'DEBUG', value: '1' } }, 'write'],
  ['variableUpsert', { input: { name: 'NODE_OPTIONS', value: '--require x' } }, 'execute'],
  ['sharedVariableConfigure', { input: { enabledServiceIds: ['s'], disabledServiceIds: [] } }, 'reveal'],
  ['sharedVariableConfigure', { input: { enabledServiceIds: [], disabledServiceIds: ['s'] } }, 'destroy'],
  [
    'sharedVariableConfigure',
    { input: { name: 'NODE_OPTIONS', enabledServiceIds: ['s'], disabledServiceIds: [] } },
    'execute',
  ],
  ['volumeInstanceBackupScheduleUpdate', { kinds: [], volumeInstanceId: 'i' }, 'destroy'],
  ['volumeInstanceBackupScheduleUpdate', { kinds: ['DAILY'], volumeInstanceId: 'i' }, 'destroy'],
  ['serviceInstanceUpdate', { serviceId: 's', input: { healthcheckPath: '/' } }, 'write'],
  ['serviceInstanceUpdate', { serviceId: 's', input: { sleepApplication: true, numReplicas: 2 } }, 'write'],
  ['serviceInstanceUpdate', { serviceId: 's', input: { startCommand: 'sh' } }, 'execute'],
  ['serviceInstanceUpdate', { serviceId: 's', input: { startCommand: null } }, 'execute'],
  ['serviceInstanceUpdate', { serviceId: 's', input: { preDeployCommand: ['sh'] } }, 'execute'],
  ['serviceInstanceUpdate', { serviceId: 's', input: { cronSchedule: '* * * * *' } }, 'execute'],
  ['serviceInstanceUpdate', { serviceId: 's', input: { source: { image: 'x' } } }, 'execute'],
  ['serviceInstanceUpdate', { serviceId: 's', input: { source: null } }, 'destroy'],
  ['serviceInstanceUpdate', { serviceId: 's', input: { source: { repo: null } } }, 'destroy'],
  ['serviceInstanceUpdate', { serviceId: 's', input: { registryCredentials: null } }, 'destroy'],
  ['serviceInstanceUpdate', { serviceId: 's', input: { multiRegionConfig: { a: null } } }, 'destroy'],
  ['serviceCreate', { input: { projectId: 'p', name: 'n' } }, 'write'],
  ['serviceCreate', { input: { projectId: 'p', variables: null } }, 'write'],
  ['serviceCreate', { input: { projectId: 'p', source: { image: 'x' } } }, 'execute'],
  ['serviceCreate', { input: { projectId: 'p', templateId: 't' } }, 'execute'],
  ['serviceCreate', { input: { projectId: 'p', variables: { LD_PRELOAD: 'x' } } }, 'execute'],
  ['environmentCreate', { input: { projectId: 'p', name: 'n' } }, 'write'],
  ['environmentCreate', { input: { projectId: 'p', name: 'n', sourceEnvironmentId: null } }, 'write'],
  ['environmentCreate', { input: { projectId: 'p', name: 'n', sourceEnvironmentId: 'e' } }, 'reveal'],
  ['projectUpdate', { id: 'p', input: { name: 'n' } }, 'write'],
  ['projectUpdate', { id: 'p', input: { isPublic: true } }, 'escalate'],
  ['projectUpdate', { id: 'p', input: { prDeploys: true } }, 'execute'],
  ['projectCreate', { input: { name: 'n' } }, 'write'],
  ['projectCreate', { input: { name: 'n', repo: { fullRepoName: 'a/b', branch: 'c' } } }, 'execute'],
  ['projectCreate', { input: { isPublic: true } }, 'escalate'],
  ['templateDeployV2', { input: { templateId: 't', serializedConfig: {} } }, 'execute'],
  ['templateDeployV2', { input: { templateId: 't', serializedConfig: {}, existingRootServiceId: 's' } }, 'destroy'],
  ['updateServiceEdgeConfig', { input: { config: { caching: { mode: 'x' } } } }, 'write'],
  ['updateServiceEdgeConfig', { input: { config: { caching: null } } }, 'destroy'],
  ['userProfileUpdate', { input: { isPublic: false } }, 'write'],
  ['userProfileUpdate', { input: { isPublic: true } }, 'escalate'],
  ['signalCreate', { input: { owner: 'o', name: 'n', default: 1 } }, 'write'],
  ['signalCreate', { input: { owner: 'o', name: 'n', default: 1, writableBy: ['x'] } }, 'escalate'],
  ['baseEnvironmentOverride', { id: 't', input: { baseEnvironmentOverrideId: 'production' } }, 'execute'],
];

describe('a trap in the arguments', () => {
  test.each(TRAPS)('%s %j is `%s`', (name, args, effect) => {
    const review = railwayCatalog.mutations[name];
    const raised = (review?.raises ?? []).filter(({ when }) => holds(when, args)).map(({ to }) => to);
    expect(worstEffect([...(review ? [review.effect] : []), ...raised])).toBe(effect);
  });

  test('never lowers: every raise is worse than the operation’s own effect', () => {
    for (const [name, review] of Object.entries(railwayCatalog.mutations)) {
      for (const { to } of review.raises ?? []) expect(worstEffect([review.effect, to]), name).toBe(to);
      for (const { to } of review.raises ?? []) expect(to, name).not.toBe(review.effect);
    }
  });
});
