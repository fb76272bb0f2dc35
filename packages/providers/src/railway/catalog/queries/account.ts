/** Queries about the signed-in user, the platform and other providers' accounts. All of it lies outside any environment. */
import { EVERYTHING, type Operations, refs, SHARED, workspace } from '../build.ts';

/** The user and their credentials. What shows a secret is judged at the field. */
const user: Operations = {
  apiToken: { effect: 'read', reach: SHARED, why: 'which workspaces the credential is good for' },
  apiTokens: {
    effect: 'read',
    reach: SHARED,
    why: 'names of the user’s tokens; their shown form is a field of its own',
  },
  me: { effect: 'read', reach: SHARED, why: 'the user’s profile' },
  passkeys: { effect: 'read', reach: SHARED, why: 'names and public ids of passkeys' },
  preferences: { effect: 'read', reach: SHARED, secret: ['token'], why: 'which mails the user gets' },
  sessions: { effect: 'read', reach: SHARED, why: 'names of the user’s sessions, without their tokens' },
  sshPublicKeys: { effect: 'read', reach: workspace('workspaceId', SHARED), why: 'public halves of keys' },
  sshSignupInfo: { effect: 'read', reach: SHARED, secret: ['code'], why: 'the fingerprint of an offered key' },
  twoFactorInfo: { effect: 'read', reach: SHARED, why: 'whether a second factor is set' },
  userKickbackEarnings: { effect: 'read', reach: SHARED, why: 'a sum of earnings' },
  userProfile: { effect: 'read', reach: SHARED, why: 'a public profile' },
};

/** Queries that give access: the answer, or a guess in the question, brings a caller closer to it. */
const waysIn: Operations = {
  inviteCode: {
    effect: 'escalate',
    reach: EVERYTHING,
    secret: ['code'],
    why: 'tells whether a code lets in, where and in which role, and returns it',
  },
  projectInvitation: {
    effect: 'reveal',
    reach: EVERYTHING,
    secret: ['code'],
    why: 'opens what a code shows before it is used; the project can be any',
  },
  workspaceByCode: {
    effect: 'reveal',
    reach: EVERYTHING,
    secret: ['code'],
    why: 'opens the workspace a code is for; it can be any',
  },
};

/** Other providers' accounts, as far as the user linked them. */
const linked: Operations = {
  gitHubRepoAccessAvailable: { effect: 'read', reach: SHARED, why: 'whether a repository can be seen' },
  gitHubSshKeys: { effect: 'read', reach: SHARED, why: 'public halves of keys' },
  githubIsRepoNameAvailable: { effect: 'read', reach: SHARED, why: 'whether a name is free' },
  githubPRInfo: {
    effect: 'read',
    targets: refs('service:serviceId'),
    reach: SHARED,
    why: 'a pull request of the service’s repository',
  },
  githubPRInfoResult: {
    effect: 'read',
    targets: refs('service:serviceId'),
    reach: SHARED,
    why: 'a pull request of the service’s repository',
  },
  githubRepo: { effect: 'read', reach: SHARED, why: 'name and description of a repository' },
  githubRepoBranches: { effect: 'read', reach: SHARED, why: 'names of branches' },
  githubRepos: { effect: 'read', reach: SHARED, why: 'names of repositories' },
  githubWritableScopes: { effect: 'read', reach: SHARED, why: 'names of organisations' },
  herokuApps: { effect: 'read', reach: SHARED, why: 'names of apps' },
  integrationAuth: { effect: 'read', reach: SHARED, why: 'that a link exists, without its secret' },
  integrationAuths: { effect: 'read', reach: SHARED, why: 'that links exist, without their secrets' },
  vercelInfo: { effect: 'read', reach: SHARED, why: 'names of accounts and projects' },
};

/** The platform. */
const platform: Operations = {
  allPlatformFeatureFlags: { effect: 'read', reach: SHARED, why: 'the platform’s switches' },
  auditLogEventTypeInfo: { effect: 'read', reach: SHARED, why: 'a list of words' },
  changelogBlockImage: { effect: 'read', reach: SHARED, why: 'the address of a public picture' },
  customDomainAvailable: { effect: 'read', reach: SHARED, why: 'whether a name is free' },
  functionRuntime: { effect: 'read', reach: SHARED, why: 'a public list' },
  functionRuntimes: { effect: 'read', reach: SHARED, why: 'a public list' },
  platformStatus: { effect: 'read', reach: SHARED, why: 'public' },
  publicStats: { effect: 'read', reach: SHARED, why: 'public' },
  regions: { effect: 'read', context: refs('project:projectId'), reach: SHARED, why: 'a list of places' },
  serviceDomainAvailable: { effect: 'read', reach: SHARED, why: 'whether a name is free' },
  template: { effect: 'read', reach: SHARED, why: 'a template; its configuration is judged at the field' },
  templateMetrics: { effect: 'read', reach: SHARED, why: 'counts' },
  templateSearch: { effect: 'read', reach: SHARED, why: 'published templates' },
  templates: { effect: 'read', reach: SHARED, why: 'published templates' },
  templatesCount: { effect: 'read', reach: SHARED, why: 'a count' },
  userTemplates: { effect: 'read', reach: SHARED, why: 'the user’s templates; configuration is judged at the field' },
  workflowStatus: { effect: 'read', reach: SHARED, why: 'how far a job is and its error; nothing of what it works on' },
};

/** Signals. An owner scope is free text, so they are in no environment; their values are judged at the field. */
const signals: Operations = {
  signal: { effect: 'read', reach: SHARED, why: 'name and type of a signal' },
  signalChanges: { effect: 'read', reach: SHARED, why: 'who changed a signal when' },
  signalEvaluate: {
    effect: 'read',
    reach: SHARED,
    secret: ['context'],
    why: 'resolves without changing; the value is judged at the field',
  },
  signals: { effect: 'read', reach: SHARED, why: 'names and types of signals' },
};

/** Account and platform. */
export const account: Operations = { ...user, ...waysIn, ...linked, ...platform, ...signals };
