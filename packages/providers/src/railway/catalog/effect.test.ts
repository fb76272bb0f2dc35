import { type Effect, isWorse } from '@writ/core';
import { describe, expect, test } from 'vitest';
import { operations } from '../../../tools/schema-walk.ts';

/** Names that say that something goes away, and names whose descriptions say so. */
const DESTRUCTIVE =
  /Delete|Remove|Destroy|Clear|Reset|Purge|Leave|Unset|Unpublish|Disconnect|Detach|Eject|Revert|Rollback|Restore|Cancel|Stop|Wipe|Replace|Transfer|Force/;
const DESTRUCTIVE_BY_DESCRIPTION =
  /^(purgeServiceCache|disableServiceCdn|disablePitrForHaCluster|cancelPitrHaWorkflow|clearPitrHaWorkflowProgress|cloudAgentSleep)$/;

/** Those that can be taken back after all, each with its reason. */
const CAN_BE_TAKEN_BACK: Readonly<Record<string, string>> = {
  cloudAgentSleep: 'stops, which is `write`; the volume stays, waking takes it back',
  deploymentCancel: 'stops, which is `write`; the same commit can be deployed again',
  deploymentRollback: 'decides what runs; rolling forward takes it back',
  deploymentStop: 'stops, which is `write`; a restart takes it back',
  projectScheduleDeleteCancel: 'keeps what was about to go',
  volumeInstancePITRRestore: 'restores into a new service; the source stays as it is',
};

/** Those whose names say `Delete` of a target that stays, each with its reason. */
const TARGET_STAYS: Readonly<Record<string, string>> = {
  privateNetworksForEnvironmentDelete: 'the networks of the environment go, not the environment',
  variableDelete: 'a variable of the service goes, not the service',
};

const mutations = operations('Mutation');
const queries = operations('Query');

describe('the effect of a mutation', () => {
  test('is at least `write`', () => {
    expect(mutations.filter(({ review }) => review.effect === 'read').map(({ name }) => name)).toEqual([]);
  });

  test('is `destroy` or `escalate` where its name or its description says that something goes away', () => {
    const found = mutations.filter(({ name }) => DESTRUCTIVE.test(name) || DESTRUCTIVE_BY_DESCRIPTION.test(name));
    const mild = found.filter(({ review }) => isWorse('destroy', review.effect)).map(({ name }) => name);
    expect(found.length).toBeGreaterThan(73);
    expect(mild.sort()).toEqual(Object.keys(CAN_BE_TAKEN_BACK).sort());
  });

  test('says that its target dies where its name does', () => {
    const found = mutations.filter(
      ({ name, review }) => /Delete(?:Force)?$|Destroy$/.test(name) && review.effect === 'destroy' && review.targets,
    );
    const staying = found.filter(({ review }) => !review.targets?.some(({ dies }) => dies === 'whole'));
    expect(staying.map(({ name }) => name).sort()).toEqual(Object.keys(TARGET_STAYS).sort());
    const milder = mutations.filter(({ review }) => review.targets?.some(({ dies, dies_when }) => dies && !dies_when));
    expect(milder.filter(({ review }) => review.effect !== 'destroy').map(({ name }) => name)).toEqual([]);
  });

  test('is `escalate` where it makes credentials, lets people in or takes access away', () => {
    const names =
      /Token(Create|Delete)|^sshPublicKey|Invit|Member|^(project|workspace)(Leave|Transfer|Claim)|^recoveryCode|^twoFactor|^passkey|TrustedDomain|^trustedDomain|workspacePolicy|Credentials|^loginSession(?!Cancel)|^sessionDelete|TwoFactor|PermissionChange|ShellToken|^emailChange/;
    const found = mutations.filter(({ name }) => names.test(name));
    expect(found.filter(({ review }) => review.effect !== 'escalate').map(({ name }) => name)).toEqual([]);
    expect(found.length).toBeGreaterThan(40);
  });

  test.each<[Effect, readonly string[]]>([
    [
      'write',
      [
        'deploymentRedeploy',
        'serviceInstanceDeployV2',
        'customDomainCreate',
        'variableUpsert',
        'volumeInstanceBackupCreate',
        'tcpProxyCreate',
        'serviceDomainUpdate',
        'customDomainUpdate',
      ],
    ],
    ['execute', ['sandboxExec', 'serviceConnect', 'templateDeployV2', 'dockerComposeImport', 'githubRepoDeploy']],
    [
      'destroy',
      [
        'volumeDelete',
        'environmentPatchCommit',
        'environmentPatchCommitStaged',
        'environmentStageChanges',
        'webhookTest',
        'sandboxCheckpointRename',
        'privateNetworkEndpointRename',
      ],
    ],
    ['escalate', ['projectTransfer', 'projectTokenCreate', 'bucketCredentialsReset', 'generateShellToken']],
  ])('is `%s` for %s', (effect, names) => {
    for (const name of names) expect(mutations.find((each) => each.name === name)?.review.effect, name).toBe(effect);
  });
});

describe('the effect of a query', () => {
  test('is never `write`, `execute` or `destroy`', () => {
    const acting = queries.filter(({ review }) => ['write', 'execute', 'destroy'].includes(review.effect));
    expect(acting.map(({ name }) => name)).toEqual([]);
  });

  test('is more than `read` exactly where it returns secrets or ways in', () => {
    const found = queries.filter(({ review }) => review.effect !== 'read');
    expect(Object.fromEntries(found.map(({ name, review }) => [name, review.effect]))).toEqual({
      bucketS3Credentials: 'reveal',
      deploymentSnapshot: 'reveal',
      inviteCode: 'escalate',
      projectInvitation: 'reveal',
      projectInviteCode: 'escalate',
      variables: 'reveal',
      variablesForServiceDeployment: 'reveal',
      workspaceByCode: 'reveal',
    });
  });
});
