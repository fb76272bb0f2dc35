/** Disagreements between siblings that were looked at and stay, each with why. What is not here is a question. */

/** Reason -> rows, as `disagreements` writes them. */
const REASONS: Readonly<Record<string, readonly string[]>> = {
  'makes, changes or takes away credentials, members, or who may do what': [
    'apiTokenCreate: escalate, most that Create: write',
    'apiTokenDelete: escalate, most that Delete: destroy',
    'botScopeBindingRemove: escalate, most that Remove: destroy',
    'bucketCredentialsReset: escalate, most that Reset: destroy',
    'loginSessionCreate: escalate, most that Create: write',
    'passkeyDelete: escalate, most that Delete: destroy',
    'pluginResetCredentials: escalate, most that Reset: destroy',
    'projectInvitationCreate: escalate, most that Create: write',
    'projectInvitationDelete: escalate, most that Delete: destroy',
    'projectMemberRemove: escalate, most that Remove: destroy',
    'projectMemberUpdate: escalate, most that Update: write',
    'projectTokenCreate: escalate, most that Create: write',
    'projectTokenDelete: escalate, most that Delete: destroy',
    'providerAuthRemove: escalate, most that Remove: destroy',
    'sessionDelete: escalate, most that Delete: destroy',
    'sshPublicKeyCreate: escalate, most that Create: write',
    'sshPublicKeyDelete: escalate, most that Delete: destroy',
    'trustedDomainCreate: escalate, most that Create: write',
    'trustedDomainDelete: escalate, most that Delete: destroy',
    'trustedDomainUpdate: escalate, most that Update: write',
    'twoFactorInfoCreate: escalate, most that Create: write',
    'twoFactorInfoDelete: escalate, most that Delete: destroy',
    'userFlagsSet: escalate, most that Set: destroy',
    'workspaceInviteCodeCreate: escalate, most that Create: write',
    'workspacePolicyDeploySourceAllowlistRemove: escalate, most that Remove: destroy',
    'workspacePolicyItemUpdate: escalate, most that Update: write',
    'workspaceTwoFactorEnforcementUpdate: escalate, most that Update: write',
    'workspaceUserRemove: escalate, most that Remove: destroy',
  ],
  'lets an outside system at the project’s variables': [
    'integrationCreate: escalate, most that Create: write',
    'integrationUpdate: escalate, most that Update: write',
  ],
  'a name in a zone that all environments share proves control of it to others': [
    'railwayDomainDnsRecordCreate: escalate, most that Create: write',
    'railwayDomainDnsRecordUpdate: escalate, most that Update: write',
    'railwayDomainNameserversSet: escalate, most that Set: destroy',
  ],
  'decides what code runs, or runs it': [
    'cloudAgentCreate: execute, most that Create: write',
    'deploymentApprove: execute, most that Approve: escalate',
    'deploymentInstanceExecutionCreate: execute, most that Create: write',
    'deploymentTriggerCreate: execute, most that Create: write',
    'deploymentTriggerUpdate: execute, most that Update: write',
    'githubRepoDeploy: execute, most that Deploy: write',
    'githubRepoUpdate: execute, most that Update: write',
    'projectFeatureFlagAdd: execute, most that Add: escalate',
    'sandboxCreate: execute, most that Create: write',
    'serviceFeatureFlagAdd: execute, most that Add: escalate',
    'templateDeploy: execute, most that Deploy: write',
    'templateDeployV2: execute, most that Deploy: write',
  ],
  'decides what running services act on; setting it anew takes it back': [
    'signalDefaultSet: execute, most that Set: destroy',
    'signalRuleSet: execute, most that Set: destroy',
  ],
  'decides what runs; rolling forward takes it back': ['deploymentRollback: execute, most that Rollback: destroy'],
  'moves money, sends to the outside world, or speaks in the user’s name': [
    'customerCreateFreePlanSubscription: destroy, most that Create: write',
    'jobApplicationCreate: destroy, most that Create: write',
    'notificationRuleCreate: destroy, most that Create: write',
    'railwayDomainUpdate: destroy, most that Update: write',
    'userTermsUpdate: destroy, most that Update: write',
    'workspaceUpsertSlackChannel: destroy, most that Upsert: write',
  ],
  'replaces a whole set; what it does not list is gone': [
    'notificationRuleUpdate: destroy, most that Update: write',
    'observabilityDashboardUpdate: destroy, most that Update: write',
    'volumeInstanceBackupScheduleUpdate: destroy, most that Update: write',
  ],
  'drops what cannot be had back, though nobody’s access': [
    'loginSessionCancel: destroy, most that Cancel: write',
    'userBetaLeave: destroy, most that Leave: escalate',
  ],
  'nothing goes by an environment’s name: selectors, tokens and calls name its id': [
    'environmentRename: write, most that Rename: destroy',
  ],
  'changes nothing; what it returns is opaque': ['environmentPreviewChangeSet: reveal, most that Set: destroy'],
  'restores into a new service; the source stays as it is': [
    'volumeInstancePITRRestore: reveal, most that Restore: destroy',
  ],
  'the code lets whoever has it in; elsewhere it is a public name': [
    'InviteCode.code: escalate same, most code: String: read same',
  ],
  'a token is asked about outside any environment, so its environment is another place': [
    'ProjectToken.environment: read out, most environment: Environment: read same',
  ],
  'a label in a statistic: nothing is looked up or changed by it': [
    'cliEventTrack input.environmentId: not looked up',
    'cliEventTrack input.projectId: not looked up',
    'cliEventTrack input.serviceId: not looked up',
    'cliEventTrack input.workspaceId: not looked up',
  ],
  'where the project goes to: another workspace, which this connection need not reach': [
    'projectTransfer input.workspaceId: not looked up',
  ],
  'ids of the template’s own, which name nothing in an environment': [
    'templateVolumeUpdate serviceId: not looked up',
    'templateVolumeUpdate volumeId: not looked up',
  ],
  'what is made has nothing yet that a null could drop': [
    'githubRepoDeploy input.repo: not to destroy',
    'sandboxCreate input.template.variables: not to destroy',
    'sandboxCreate input.variables: not to destroy',
    'sandboxTemplateBuild input.variables: not to destroy',
    'serviceCreate input.source.image: not to destroy',
    'serviceCreate input.source.repo: not to destroy',
    'templateDeploy input.services.variables: not to destroy',
    'volumeCreate input.mountPath: not to destroy',
  ],
  'clients send the one of repository and image that they do not mean as null; dropping the source is serviceDisconnect':
    ['serviceConnect input.image: not to destroy', 'serviceConnect input.repo: not to destroy'],
  'only inside a repository, which raises by itself': ['projectCreate input.repo.branch: not to execute'],
  'who was invited is what the log is asked about': [
    'projectInvitationCreate input.email: logged, email is secret elsewhere',
    'projectInviteUser input.email: logged, email is secret elsewhere',
    'workspaceUserInvite input.email: logged, email is secret elsewhere',
  ],
  'a public name, there to be passed on': [
    'referralInfoUpdate input.code: logged, code is secret elsewhere',
    'template code: logged, code is secret elsewhere',
    'templateClone input.code: logged, code is secret elsewhere',
    'userProfile username: logged, username is secret elsewhere',
  ],
  'the same, but for the name of the argument': [
    'projectTransfer (escalate, container project projectId) and projectTransferInitiate (escalate, container project input.projectId)',
    'projectTransfer (escalate, container project projectId) and projectTransferToTeam (escalate, container project id)',
  ],
  'only the second takes an existing root, whose live database it rebuilds': [
    'templateDeploy (execute, container project input.projectId, else container workspace input.workspaceId, else everything) and templateDeployV2 (execute, up to destroy, container project input.projectId, else container workspace input.workspaceId, else everything)',
  ],
};

/** Row -> why it stays. */
export const REVIEWED_SIBLINGS: ReadonlyMap<string, string> = new Map(
  Object.entries(REASONS).flatMap(([reason, rows]) => rows.map((row) => [row, reason] as const)),
);
