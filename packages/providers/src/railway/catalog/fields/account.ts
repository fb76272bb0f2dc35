/** The user, their credentials and what belongs to them. */
import { type Fields, fields } from '../fields.ts';

/** Type -> field -> review. */
export const account: Fields = {
  AccessRule: fields({
    read: 'disallowed',
  }),
  ApiToken: fields({
    read: 'expiresAt id name workspaceId',
    reveal: 'displayToken',
  }),
  ApiTokenContext: fields({
    read: 'workspaces',
  }),
  ApiTokenRateLimit: fields({
    read: 'remainingPoints resetsAt',
  }),
  ApiTokenWorkspace: fields({
    read: 'id name',
  }),
  BotScopeBindingInfo: fields({
    read: 'canRemove id platform scopeId scopeName scopeType workspaceId workspaceName',
  }),
  GitHubAccess: fields({
    read: 'hasAccess isPublic',
  }),
  GitHubBranch: fields({
    read: 'name',
  }),
  GitHubCheck: fields({
    read: 'name status',
  }),
  GitHubPRInfo: fields({
    read: 'additions author body changedFiles checks deletions mergeable state title',
  }),
  GitHubPRInfoResult: fields({
    read: 'error prInfo',
  }),
  GitHubRepo: fields({
    read: 'defaultBranch description fullName id installationId isPrivate name ownerAvatarUrl',
  }),
  GitHubRepoWithoutInstallation: fields({
    read: 'defaultBranch description fullName id isPrivate name',
  }),
  GitHubSshKey: fields({
    read: 'id key title',
  }),
  HerokuApp: fields({
    read: 'id name',
  }),
  Integration: fields({
    read: 'id name projectId',
    reveal: 'config',
  }),
  IntegrationAuth: fields({
    read: 'id provider providerId',
    shared: 'integrations',
  }),
  InviteCode: fields({
    read: 'createdAt id projectId role',
    shared: 'project',
    escalate: 'code',
  }),
  Passkey: fields({
    read: `
      aaguid backedUp createdAt credentialId deviceName deviceType displayName id lastUsedAt lastUsedDevice
      transports updatedAt`,
  }),
  Preferences: fields({
    read: `
      buildFailedEmail changelogEmail communityEmail deployCrashedEmail ephemeralEnvironmentEmail id
      marketingEmail subprocessorUpdatesEmail templateQueueEmail usageEmail`,
  }),
  ProviderAuth: fields({
    read: 'email id isAuthEnabled provider userId',
    reveal: 'metadata',
  }),
  RecoveryCodes: fields({
    escalate: 'recoveryCodes',
  }),
  ResourceAccess: fields({
    read: 'deployment project',
  }),
  SSHSignupInfo: fields({
    read: 'fingerprint',
  }),
  Session: fields({
    read: 'createdAt expiredAt id isCurrent name type updatedAt',
  }),
  Signal: fields({
    read: 'createdAt createdBy id name owner type updatedAt version writableBy',
    reveal: 'default rules',
  }),
  SignalChange: fields({
    read: 'authorId createdAt id kind seq signalId',
    reveal: 'payload prevState',
  }),
  SignalEvaluation: fields({
    read: 'reason',
    reveal: 'trace value',
  }),
  SshPublicKey: fields({
    read: 'createdAt fingerprint id name publicKey updatedAt userId workspaceId',
  }),
  TwoFactorInfo: fields({
    read: 'hasRecoveryCodes isVerified',
  }),
  TwoFactorInfoSecret: fields({
    escalate: 'secret uri',
  }),
  User: fields({
    read: `
      agreedFairUse apiTokenRateLimit avatar banReason createdAt email featureFlags flags githubProviderId
      githubUsername has2FA hasPasskeys id isAdmin isConductor isVerified lastLogin name platformFeatureFlags
      profile registrationStatus riskLevel termsAgreedOn username`,
    shared: 'projects providerAuths workspace workspaces',
  }),
  UserKickbackEarnings: fields({
    read: 'total_amount',
  }),
  UserProfile: fields({
    read: 'bio isPublic website',
  }),
  UserProfileResponse: fields({
    read: `
      avatar createdAt customerId id isTrialing name profile publishedTemplates state totalDeploys username`,
    shared: 'publicProjects',
  }),
  VercelAccount: fields({
    read: 'id integrationAuthId isUser name projects slug',
  }),
  VercelInfo: fields({
    read: 'accounts',
  }),
  VercelProject: fields({
    read: 'accountId id name',
  }),
};
