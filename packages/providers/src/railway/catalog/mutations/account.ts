/** The signed-in user's account: sign-in factors, profile, money, flags, and what the CLI reports about itself. */
import { EVERYTHING, type Operations, raise, SHARED, workspace } from '../build.ts';

/** Sign-in factors, and the e-mail address by which they can be reset. */
const signIn: Operations = {
  emailChangeConfirm: {
    effect: 'escalate',
    reach: EVERYTHING,
    secret: ['nonce'],
    stored: [{ unreadable: 'to which address the account moves' }],
    why: 'moves the account to another address, which can then reset its sign-in',
  },
  emailChangeInitiate: {
    effect: 'escalate',
    reach: EVERYTHING,
    why: 'first half of moving the account to another address',
  },
  passkeyDelete: { effect: 'escalate', reach: EVERYTHING, why: 'takes a sign-in factor away from the account' },
  recoveryCodeGenerate: {
    effect: 'escalate',
    reach: EVERYTHING,
    why: 'returns codes that sign in without the second factor, and voids the old ones',
  },
  recoveryCodeValidate: {
    effect: 'escalate',
    reach: EVERYTHING,
    secret: ['input.code', 'input.twoFactorLinkingKey'],
    why: 'completes a sign-in with a recovery code',
  },
  twoFactorInfoCreate: {
    effect: 'escalate',
    reach: EVERYTHING,
    secret: ['input.token'],
    why: 'sets the second factor and returns recovery codes',
  },
  twoFactorInfoDelete: { effect: 'escalate', reach: EVERYTHING, why: 'switches the second factor off' },
  twoFactorInfoSecret: { effect: 'escalate', reach: EVERYTHING, why: 'returns a new second-factor secret' },
  twoFactorInfoValidate: {
    effect: 'escalate',
    reach: EVERYTHING,
    secret: ['input.token', 'input.twoFactorLinkingKey'],
    why: 'completes a sign-in or a guarded action',
  },
};

/** The person and their preferences. */
const person: Operations = {
  fairUseAgree: { effect: 'destroy', reach: SHARED, why: 'a declaration in the user’s name that cannot be unsaid' },
  jobApplicationCreate: {
    effect: 'destroy',
    reach: SHARED,
    secret: ['input.email', 'resume'],
    why: 'sends a person’s data to the outside world; touches no project',
  },
  notificationDeliveriesMarkAsRead: {
    effect: 'write',
    reach: SHARED,
    why: 'marks entries of the user’s own inbox; the inbox lies outside any environment',
  },
  preferencesUpdate: {
    effect: 'write',
    reach: SHARED,
    secret: ['input.token'],
    why: 'which mails the user gets; named switches of the account, nothing in an environment',
  },
  userBetaLeave: {
    effect: 'destroy',
    reach: EVERYTHING,
    why: 'drops features for the account, and with them what may depend on them anywhere',
  },
  userDelete: { effect: 'destroy', reach: EVERYTHING, why: 'deletes the account that the projects hang on' },
  userDiscordDisconnect: {
    effect: 'destroy',
    reach: SHARED,
    why: 'drops the link between account and chat; nothing in an environment uses it',
  },
  userProfileUpdate: {
    effect: 'write',
    raises: raise('escalate', { is: 'set', paths: 'input.isPublic' }),
    reach: SHARED,
    why: 'named settings of the profile; publishing it shows its owner’s public projects to everyone',
  },
  userTermsUpdate: { effect: 'destroy', reach: SHARED, why: 'a declaration in the user’s name that cannot be unsaid' },
};

/** Feature flags of the account, a project or the platform. */
const flags: Operations = {
  featureFlagAdd: {
    effect: 'escalate',
    reach: EVERYTHING,
    why: 'switches abilities of the account on (access groups, agents with own keys)',
  },
  featureFlagRemove: { effect: 'destroy', reach: EVERYTHING, why: 'takes an ability away from all that relies on it' },
  userFlagsRemove: { effect: 'destroy', reach: EVERYTHING, why: 'takes an ability away, also from another user' },
  userFlagsSet: { effect: 'escalate', reach: EVERYTHING, why: 'gives abilities, also to another user' },
};

/** Money: a limit that is too low stops every workload, one that is too high costs money. */
const money: Operations = {
  agentUsageLimitSet: {
    effect: 'destroy',
    reach: workspace('input.workspaceId'),
    why: 'decides how much money agents may spend; what is spent does not come back',
  },
  customerCreateFreePlanSubscription: {
    effect: 'destroy',
    reach: EVERYTHING,
    why: 'changes what a customer pays for and so what may run; a customer cannot be looked up',
  },
  customerTogglePayoutsToCredits: {
    effect: 'destroy',
    reach: EVERYTHING,
    why: 'moves money; a customer cannot be looked up',
  },
  referralInfoUpdate: {
    effect: 'write',
    reach: workspace('input.workspaceId'),
    why: 'overwrites the referral code of a workspace',
  },
  usageLimitRemove: {
    effect: 'destroy',
    reach: EVERYTHING,
    why: 'clears the limit on spending; a customer cannot be looked up',
  },
  usageLimitSet: {
    effect: 'destroy',
    reach: EVERYTHING,
    why: 'a hard limit below the usage stops every workload, one above it spends; a customer cannot be looked up',
  },
};

/** What Railway's own clients report about themselves. The ids in it are labels: nothing is looked up or changed by them. */
const telemetry: Operations = {
  cliAuthEventTrack: {
    effect: 'write',
    reach: SHARED,
    secret: ['input.errorMessage'],
    why: 'adds a usage statistic at Railway; acts on nothing',
  },
  cliEventTrack: {
    effect: 'write',
    reach: SHARED,
    secret: ['input.command', 'input.errorMessage'],
    why: 'adds a usage statistic at Railway; acts on nothing',
  },
  setupAgentEventTrack: {
    effect: 'write',
    reach: SHARED,
    secret: ['input.errorMessage'],
    why: 'adds a usage statistic at Railway; acts on nothing',
  },
};

/** Account, money and telemetry. */
export const account: Operations = { ...signIn, ...person, ...flags, ...money, ...telemetry };
