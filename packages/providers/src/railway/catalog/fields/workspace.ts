/** Workspaces: members, policies, purchased domains, the audit log. */
import { type Fields, fields } from '../fields.ts';

/** Type -> field -> review. */
export const workspace: Fields = {
  AdoptionInfo: fields({
    read: `
      adoptionLevel createdAt deltaLevel id matchedIcpEmail monthlyEstimatedUsage numConfigFile numCronSchedule
      numDeploys numEnvs numFailedDeploys numHealthcheck numIconConfig numRegion numReplicas numRootDirectory
      numSeats numServices numVariables numWatchPatterns totalCores totalDisk totalNetwork updatedAt`,
    shared: 'workspace',
  }),
  AgentUsageSummary: fields({
    read: 'billingPeriodEnd hardLimitCents softLimitCents totalUsedCents usageRemaining',
  }),
  AuditLog: fields({
    read: 'createdAt environment environmentId eventType id projectId workspaceId',
    shared: 'project',
    reveal: 'context payload',
  }),
  AuditLogEventTypeInfo: fields({
    read: 'description eventType',
  }),
  ComplianceAgreementsInfo: fields({
    read: 'hasBAA hasDPA',
  }),
  ConnectedServiceInstance: fields({
    read: 'environmentId projectId serviceId serviceName',
  }),
  ExternalWorkspace: fields({
    read: `
      allowDeprecatedRegions avatar banReason createdAt currentSessionHasAccess customerId customerState
      discordRole has2FAEnforcement hasAutomaticDiagnosis hasBAA hasGuardrailsAccess hasRBAC hasSAML id
      isTrialing name plan preferredRegion redactedDueTo2FAPending subscriptionPlanLimit supportTierOverride
      teamId`,
    shared: 'projects',
  }),
  MaintainerWorkspace: fields({
    read: 'avatar id name partnerProfile',
  }),
  PartnerProfile: fields({
    read: 'category description slug type website',
  }),
  RailwayDomain: fields({
    read: `
      autoRenewEnabled createdAt domain id nameservers nextBillingDate purchasePrice registrationYears
      renewalPrice status workspaceId workspaceName`,
    out: 'connectedServiceInstances',
  }),
  RailwayDomainDnsRecord: fields({
    read: 'answer domainName fqdn host id priority ttl type',
  }),
  RailwayDomainNameservers: fields({
    read: 'isDefault nameservers',
  }),
  ReferralInfo: fields({
    read: 'code id referralStats status',
  }),
  ReferralStats: fields({
    read: 'credited pending',
  }),
  ReferralUser: fields({
    read: 'code id status',
  }),
  Team: fields({
    read: `
      adoptionLevel apiTokenRateLimit avatar createdAt id name preferredRegion slackChannelId
      supportTierOverride updatedAt`,
    shared: 'adoptionHistory customer members projects teamPermissions workspace',
  }),
  TeamMember: fields({
    read: 'avatar email featureFlags id name role',
  }),
  TeamPermission: fields({
    read: 'createdAt id role updatedAt userId workspaceId',
  }),
  TrustedDomain: fields({
    read: 'domainName id role status verificationData verificationType workspaceId',
  }),
  TrustedDomainVerificationData: fields({
    read: 'dnsHost',
    out: 'domainMatch domainStatus',
    reveal: 'token',
  }),
  Workspace: fields({
    read: `
      adoptionLevel allowDeprecatedRegions apiTokenRateLimit avatar banReason createdAt discordRole
      has2FAEnforcement hasAutomaticDiagnosis hasGuardrailsAccess hasHipaaBAA hasSAML id name partnerProfile
      plan preferredRegion projectCount redactedDueTo2FAPending slackChannelId subscriptionModel
      subscriptionPlanLimit supportTierOverride updatedAt`,
    shared: 'adoptionHistory customer identityProviders members projects referredUsers team usersWithout2FA',
  }),
  WorkspaceIdPConnection: fields({
    read: 'createdAt provider status updatedAt',
  }),
  WorkspaceIdentityProvider: fields({
    read: 'connection createdAt enforcementEnabledAt id updatedAt workspaceId',
    shared: 'workspace',
  }),
  WorkspaceMember: fields({
    read: 'avatar email featureFlags id name role twoFactorAuthEnabled',
  }),
  WorkspacePolicy: fields({
    read: `
      deploySourceAllowlist id restrictDeploysToAllowedSources restrictPublicTcpProxies
      restrictRailwayDomainGeneration`,
  }),
  WorkspacePolicyDeploySourceAllowlist: fields({
    read: 'createdAt id sourceIcon sourceId sourceName sourceType',
    shared: 'addedBy',
  }),
  WorkspacePolicySelectableDeploySource: fields({
    read: 'sourceIcon sourceId sourceName sourceType',
  }),
};
