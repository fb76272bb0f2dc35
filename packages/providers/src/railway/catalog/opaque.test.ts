import { isWorse, worstEffect } from '@writ/core';
import { describe, expect, test } from 'vitest';
import { baseOf, isOpaque, leaves, operations } from '../../../tools/schema-walk.ts';
import { railwayCatalog } from './index.ts';

/** Opaque arguments that need not make their operation `reveal` or worse, each with its reason. */
const HARMLESS_ARGUMENTS: Readonly<Record<string, string>> = {
  'observabilityDashboardCreate input.items[].displayConfig': 'where a chart stands on the page',
  'serviceCreate input.variables': 'a map of names to values; names that decide what runs, and nulls, raise it',
  'signalCreate input.default': 'a first value for a new signal, of which nothing reads yet',
  'signalEvaluate context': 'what the caller asks with; nothing is stored',
  'validateServiceEdgeRules input.edgeRules': 'what the caller asks about; nothing is stored',
  'variableCollectionUpsert input.variables':
    'a map of names to values; names that decide what runs, and nulls, raise it',
};

/** Opaque values that are not secret, each with what is known of them. */
const HARMLESS_ANSWERS: Readonly<Record<string, string>> = {
  'Deployment.meta':
    'repository, branch, commit, image and the settings it was built with; variables are in DeploymentSnapshot',
  'DeploymentInstanceExecution.deploymentMeta': 'as Deployment.meta',
  'EdgeConfig.purgeEpochByKind': 'a counter for each kind of cached page',
  'EnvironmentMeta.skippedResourceIds': 'a list of ids',
  'ExternalWorkspace.subscriptionPlanLimit': 'the numbers of a plan',
  'ObservabilityDashboardItemInstance.displayConfig': 'where a chart stands on the page',
  'PlanLimitOverride.config': 'the numbers of a plan',
  'Project.subscriptionPlanLimit': 'the numbers of a plan',
  'Query.serviceInstanceLimitOverride': 'memory and processors',
  'Query.serviceInstanceLimits': 'memory and processors',
  'ServiceInstance.preDeployCommand': 'a list of commands, shown like startCommand',
  'SpendCommitment.features': 'names of features',
  'Template.supportHealthMetrics': 'three percentages, by the schema’s own description',
  'Workspace.subscriptionPlanLimit': 'the numbers of a plan',
};

describe('what is opaque', () => {
  test('makes an operation that takes it `reveal` or worse, or has a reason not to', () => {
    const mild = [...operations('Query'), ...operations('Mutation')].flatMap(({ name, review, args }) =>
      leaves(args)
        .filter(({ path, type }) => {
          const raised = (review.raises ?? []).filter(
            ({ when }) => when.path === path && 'is' in when && when.is === 'present',
          );
          return isOpaque(baseOf(type)) && !isRevealing(worstEffect([review.effect, ...raised.map(({ to }) => to)]));
        })
        .map(({ path }) => `${name} ${path}`),
    );
    expect(mild.sort()).toEqual(Object.keys(HARMLESS_ARGUMENTS).sort());
  });

  test('is `reveal` or worse where it is returned, or has a reason not to be', () => {
    const { schema, queries, fields } = railwayCatalog;
    const mild = Object.entries(schema.objects).flatMap(([type, facts]) =>
      Object.entries(facts.fields)
        .filter(([field, { type: returned }]) => {
          const review = type === 'Query' ? queries[field] : fields[type]?.[field];
          return type !== 'Mutation' && isOpaque(baseOf(returned)) && !isRevealing(review?.effect ?? 'read');
        })
        .map(([field]) => `${type}.${field}`),
    );
    expect(mild.sort()).toEqual(Object.keys(HARMLESS_ANSWERS).sort());
  });
});

describe('a field that shows a secret', () => {
  test.each([
    ['BucketS3CompatibleCredentials.secretAccessKey', 'reveal'],
    ['Environment.config', 'reveal'],
    ['EnvironmentPatch.patch', 'reveal'],
    ['DeploymentSnapshot.variables', 'reveal'],
    ['NotificationChannel.config', 'reveal'],
    ['Integration.config', 'reveal'],
    ['ApiToken.displayToken', 'reveal'],
    ['CustomerInvoice.pdfURL', 'reveal'],
    ['Template.serializedConfig', 'reveal'],
    ['InviteCode.code', 'escalate'],
    ['RecoveryCodes.recoveryCodes', 'escalate'],
    ['TwoFactorInfoSecret.secret', 'escalate'],
    ['TwoFactorInfoSecret.uri', 'escalate'],
  ])('%s is `%s`', (name, effect) => {
    const [type = '', field = ''] = name.split('.');
    expect(railwayCatalog.fields[type]?.[field]?.effect).toBe(effect);
  });

  test('is found by its name, or has a reason to be a plain read', () => {
    const suspicious = /token|secret|password|credential|recoverycodes|accesskey|privatekey|webhook/i;
    const plain = Object.entries(railwayCatalog.fields).flatMap(([type, reviews]) =>
      Object.entries(reviews)
        .filter(([field, { effect }]) => suspicious.test(field) && !isRevealing(effect))
        .map(([field]) => `${type}.${field}`),
    );
    expect(plain.sort()).toEqual(Object.keys(PLAIN_IN_SPITE_OF_THEIR_NAME).sort());
  });
});

const PLAIN_IN_SPITE_OF_THEIR_NAME: Readonly<Record<string, string>> = {
  'CustomDomainStatus.verificationToken': 'has to be published in the DNS',
  'Passkey.credentialId': 'the public half of a passkey',
  'Service.hasHiddenRegistryCredentialsFromTemplate': 'yes or no',
  'Team.apiTokenRateLimit': 'numbers',
  'TwoFactorInfo.hasRecoveryCodes': 'yes or no',
  'User.apiTokenRateLimit': 'numbers',
  'Workspace.apiTokenRateLimit': 'numbers',
};

function isRevealing(effect: Parameters<typeof isWorse>[0]): boolean {
  return isWorse(effect, 'write');
}
