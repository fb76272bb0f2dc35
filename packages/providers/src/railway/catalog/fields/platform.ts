/** Templates and the platform itself. */
import { type Fields, fields } from '../fields.ts';

/** Type -> field -> review. */
export const platform: Fields = {
  FunctionRuntime: fields({
    read: 'image latestVersion name versions',
  }),
  FunctionRuntimeVersion: fields({
    read: 'image tag',
  }),
  Incident: fields({
    read: 'createdAt id message status url',
  }),
  Maintenance: fields({
    read: 'id message start status url',
  }),
  Node: fields({
    read: 'id',
  }),
  PageInfo: fields({
    read: 'endCursor hasNextPage hasPreviousPage startCursor',
  }),
  PlatformFeatureFlagStatus: fields({
    read: 'flag rolloutPercentage status type',
  }),
  PlatformStatus: fields({
    read: 'incident isStable maintenance',
  }),
  PublicStats: fields({
    read: `
      totalDeploymentsLastMonth totalLogsLastMonth totalProjects totalRequestsLastMonth totalServices
      totalUsers`,
  }),
  Region: fields({
    read: 'country deploymentConstraints id location name region workspaceId',
  }),
  RegionDeploymentConstraints: fields({
    read: 'deprecationInfo',
  }),
  RegionDeprecationInfo: fields({
    read: 'isDeprecated replacementRegion',
  }),
  SimilarTemplate: fields({
    read: 'code createdAt creator deploys description health image name teamId userId workspaceId',
  }),
  Template: fields({
    read: `
      activeProjects category code communityThreadSlug createdAt creator demoProjectId description guides
      health id image isApproved isV2Template isVerified languages maintainer name projects readme
      recentProjects services similarTemplates status supportHealthMetrics tags teamId totalPayout updatedAt
      workspaceId`,
    reveal: 'canvasConfig config metadata serializedConfig',
  }),
  TemplateCreator: fields({
    read: 'avatar hasPublicProfile name username',
  }),
  TemplateGuide: fields({
    read: 'post video',
  }),
  TemplateMetrics: fields({
    read: `
      activeDeployments deploymentsLast90Days earningsLast30Days earningsLast90Days eligibleForSupportBonus
      supportHealth templateHealth totalDeployments totalEarnings`,
  }),
  TemplateSearchResult: fields({
    read: 'code creatorName deploymentCount description healthScore id image isVerified name',
  }),
  TemplateService: fields({
    read: 'createdAt id templateId updatedAt',
    reveal: 'config',
  }),
};
