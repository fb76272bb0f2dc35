import { describe, expect, test } from 'vitest';
import { leaves, operations, pathsOfPlace } from '../../../tools/schema-walk.ts';

/** Arguments that look like ids and place nothing, each with its reason. `*` stands for every operation. */
const PLACES_NOTHING: Readonly<Record<string, string>> = {
  '* input.agentSessionId': 'a label in a usage statistic',
  '* input.sessionId': 'a label in a usage statistic',
  '* input.installRequestId': 'a label in a usage statistic',
  'cliEventTrack input.environmentId': 'a label in a usage statistic',
  'cliEventTrack input.projectId': 'a label in a usage statistic',
  'cliEventTrack input.serviceId': 'a label in a usage statistic',
  'cliEventTrack input.workspaceId': 'a label in a usage statistic',
  'jobApplicationCreate input.jobId': 'a job at Railway',
  'cloudAgentStateReport input.agents[].sessionId': 'a session inside the machine',
  'cloudAgentStateReport input.agents[].taskId': 'a task inside the machine',
  'integrationCreate input.integrationAuthId': 'the link it uses, which lies outside any environment',
  'projectTransfer input.workspaceId': 'where the project goes',
  'projectTransferConfirm input.destinationWorkspaceId': 'where the project goes',
  'projectTransferConfirm input.ownershipTransferId': 'an offer to the project that is named',
  'projectTransferInitiate input.memberId': 'a person',
  'projectTransferToTeam input.teamId': 'where the project goes',
  'projectMemberAdd input.userId': 'a person',
  'projectMemberRemove input.userId': 'a person',
  'projectMemberUpdate input.userId': 'a person',
  'workspacePermissionChange input.userId': 'a person',
  'workspaceUserRemove input.userId': 'a person',
  'workspacePolicyDeploySourceAllowlistAdd sourceId': 'an organisation at the code host',
  'railwayDomainDnsRecordDelete input.recordId': 'a record in the zone that is named',
  'railwayDomainDnsRecordUpdate input.recordId': 'a record in the zone that is named',
  'herokuImportVariables input.herokuAppId': 'an app at another provider, which is only read',
  'sandboxCheckpointDelete id': 'a key within the environment that is named',
  'sandboxCheckpointRename id': 'a key within the environment that is named',
  'serviceCreate input.templateId': 'a template, which lies outside any environment',
  'serviceCreate input.templateServiceId': 'a name inside the template',
  'templateDeploy input.services[].id': 'a name inside the template',
  'templateDeployV2 input.templateId': 'a template, which lies outside any environment',
  'templateRevert input.groupId': 'a group in the environment that is named',
  'templateVolumeUpdate serviceId': 'a name inside the template',
  'templateVolumeUpdate templateId': 'a template, which lies outside any environment',
  'templateVolumeUpdate volumeId': 'a name inside the template',
  'observabilityDashboardCreate input.items[].dashboardItem.id': 'an item of the dashboard that is made',
  'observabilityDashboardCreate input.items[].dashboardItem.config.resourceIds[]': 'what the new dashboard draws',
  'observabilityDashboardCreate input.items[].id': 'an item of the dashboard that is made',
  'notificationDeliveriesMarkAsRead deliveryIds[]': 'entries of the user’s own inbox',
};

/** Names like `id`, `serviceId`, `ids`, `wipeServiceIds[]`. */
const LOOKS_LIKE_AN_ID = /(^|\.)(ids?|\w+Ids?)(\[\])?$/;

describe('how far an operation reaches', () => {
  test('accounts for every id that anything but a read is given, unless it reaches everything', () => {
    const open = [...operations('Mutation'), ...operations('Query').filter(({ review }) => review.effect !== 'read')]
      .filter(({ review }) => review.reach.in !== 'everything')
      .flatMap(({ name, review, args }) => {
        const placed = pathsOfPlace(review);
        return leaves(args)
          .filter(
            ({ path, type }) => LOOKS_LIKE_AN_ID.test(path) && /String|ID|Int/.test(type) && !placed.includes(path),
          )
          .map(({ path }) => `${name} ${path}`);
      })
      .map((line) => (`* ${line.split(' ')[1]}` in PLACES_NOTHING ? `* ${line.split(' ')[1]}` : line));
    expect([...new Set(open)].sort()).toEqual(Object.keys(PLACES_NOTHING).sort());
  });

  test('accounts for every environment that a read names', () => {
    const open = operations('Query').flatMap(({ name, review, args }) => {
      const placed = pathsOfPlace(review);
      return leaves(args)
        .filter(({ path }) => /environmentId$/i.test(path) && !placed.includes(path))
        .map(({ path }) => `${name} ${path}`);
    });
    expect(open).toEqual([]);
  });

  test('is never `shared` alone for a call that may touch an environment', () => {
    const outside = operations('Mutation').filter(({ review }) => review.reach.in === 'shared');
    expect(outside.map(({ name }) => name).sort()).toEqual(OUTSIDE_ANY_ENVIRONMENT.sort());
  });

  test.each(['serviceDelete', 'serviceInstanceUpdate'])('is that of all the service’s instances for %s', (name) => {
    const { review } = operation(name);
    expect(review.reach).toEqual({
      in: 'instances',
      kind: 'service',
      path: review.targets?.[0]?.path,
      fork: 'environmentId',
    });
  });

  test('is the whole project for a new service, unless the environment is a fork', () => {
    expect(operation('serviceCreate').review.reach).toEqual({
      in: 'container',
      kind: 'project',
      path: 'input.projectId',
      fork: 'input.environmentId',
    });
  });

  test('is every environment of the volume for volumeDelete and volumeUpdate', () => {
    for (const name of ['volumeDelete', 'volumeUpdate']) {
      const { review } = operation(name);
      expect(review.reach).toEqual({ in: 'resource' });
      expect(review.targets).toMatchObject([{ kind: 'volume', path: 'volumeId' }]);
    }
  });

  test('is every environment of the volume for volumeInstanceUpdate without an environment', () => {
    expect(operation('volumeInstanceUpdate').review.reach).toEqual({ in: 'resource', narrowed_by: 'environmentId' });
  });

  test('is not limited by an environment the schema does not say limits it', () => {
    for (const name of ['bucketCreate', 'pluginDelete', 'pluginRestart', 'egressGatewayAssociationsClear']) {
      expect(JSON.stringify(operation(name).review.reach)).not.toContain('environmentId');
    }
  });

  test('is everything for an instance’s shell, whose instance cannot be looked up', () => {
    expect(operation('generateShellToken').review.reach).toEqual({ in: 'everything' });
  });
});

/** What touches nothing in an environment, and why: the user’s own account, inbox and statistics, and sizes of volumes to come. */
const OUTSIDE_ANY_ENVIRONMENT = [
  'cliAuthEventTrack',
  'cliEventTrack',
  'fairUseAgree',
  'jobApplicationCreate',
  'loginSessionCancel',
  'notificationDeliveriesMarkAsRead',
  'preferencesUpdate',
  'setupAgentEventTrack',
  'templateVolumeUpdate',
  'userDiscordDisconnect',
  'userProfileUpdate',
  'userTermsUpdate',
];

function operation(name: string) {
  const found = operations('Mutation').find((each) => each.name === name);
  if (!found) throw new Error(`no mutation ${name}`);
  return found;
}
