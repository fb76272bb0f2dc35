import { describe, expect, test } from 'vitest';
import { baseOf, isOpaque, leaves, operations } from '../../../tools/schema-walk.ts';

const all = [...operations('Mutation'), ...operations('Query')];

/** Arguments whose names sound secret and are not, each with its reason. */
const NOT_SECRET: Readonly<Record<string, string>> = {
  'referralInfoUpdate input.code': 'a referral code is there to be passed on',
  'template code': 'the public name of a template',
  'templateClone input.code': 'the public name of a template',
  'templateDeploy input.templateCode': 'the public name of a template',
  'templateRevert input.templateCode': 'the public name of a template',
  'httpMetrics statusCode': 'a number of HTTP',
  'httpDurationMetrics statusCode': 'a number of HTTP',
};

/** Opaque arguments that are logged, each with its reason. */
const SHOWN: Readonly<Record<string, string>> = {
  'observabilityDashboardCreate input.items[].displayConfig': 'where a chart stands on the page',
  'observabilityDashboardUpdate input[].displayConfig': 'where a chart stands on the page',
  'serviceInstanceUpdate input.multiRegionConfig': 'regions and numbers',
  'templateDeploy input.services[].volumes[]': 'paths and sizes',
};

const SOUNDS_SECRET =
  /(password|token|secret|nonce|code|variables|value|credentials|linkingkey|privatekey|yaml|payload)$/i;

describe('an argument', () => {
  test('that sounds secret is marked, by itself or by what holds it, or has a reason not to be', () => {
    expect(unmarked((path) => SOUNDS_SECRET.test(path)).sort()).toEqual(Object.keys(NOT_SECRET).sort());
  });

  test('that is opaque is marked, or has a reason not to be', () => {
    expect(unmarked((_, type) => isOpaque(baseOf(type))).sort()).toEqual(Object.keys(SHOWN).sort());
  });

  test.each([
    ['variableUpsert', 'input.value'],
    ['variableCollectionUpsert', 'input.variables'],
    ['serviceCreate', 'input.registryCredentials'],
    ['serviceInstanceUpdate', 'input.registryCredentials'],
    ['environmentPatchCommit', 'patch'],
    ['environmentStageChanges', 'input'],
    ['environmentApplyChangeSet', 'input'],
    ['templateDeployV2', 'input.serializedConfig'],
    ['notificationRuleCreate', 'input.channelConfigs'],
    ['webhookTest', 'url'],
    ['inviteCode', 'code'],
    ['sandboxExec', 'command'],
    ['sandboxTemplateBuild', 'input.instructions'],
    ['signalRuleSet', 'input.value'],
    ['signalDefaultSet', 'input.default'],
  ])('of %s named %s is marked', (name, path) => {
    expect(all.find((each) => each.name === name)?.review.secret).toContain(path);
  });
});

function unmarked(suspect: (path: string, type: string) => boolean): string[] {
  return all.flatMap(({ name, review, args }) => {
    const marked = (review.secret ?? []).map((path) => path.replaceAll('[]', ''));
    const isMarked = (path: string) => marked.some((each) => path === each || path.startsWith(`${each}.`));
    return leaves(args)
      .filter(({ path, type }) => suspect(path.replaceAll('[]', ''), type) && !isMarked(path.replaceAll('[]', '')))
      .map(({ path }) => `${name} ${path}`);
  });
}
