/** Tokens, keys, sessions and links to other providers' accounts. Taking one away changes who may do what, as giving one does. */
import { EVERYTHING, environment, type Operations, project, raise, refs, SHARED, workspace } from '../build.ts';

/** Railway's own tokens and shells. */
const tokens: Operations = {
  apiTokenCreate: {
    effect: 'escalate',
    reach: workspace('input.workspaceId', EVERYTHING),
    why: 'returns a token that never expires and is good for everything below the workspace or the account',
  },
  apiTokenDelete: {
    effect: 'escalate',
    reach: EVERYTHING,
    why: 'takes access away from every user of the token; tokens cannot be looked up',
  },
  generateShellToken: {
    effect: 'escalate',
    context: refs('environment:input.environmentId', 'service:input.serviceId'),
    reach: EVERYTHING,
    why: 'returns a token for a shell on an instance; the instance cannot be looked up, so it may be anywhere',
  },
  projectTokenCreate: {
    effect: 'escalate',
    context: refs('project:input.projectId'),
    reach: environment('input.environmentId'),
    why: 'returns a token that never expires and is good for everything in the one environment',
  },
  projectTokenDelete: {
    effect: 'escalate',
    reach: EVERYTHING,
    why: 'takes access away from every user of the token; tokens cannot be looked up by id',
  },
};

/** Sign-in from a terminal: anybody who holds the code of an approved sign-in gets a token. */
const logins: Operations = {
  loginSessionAuth: {
    effect: 'escalate',
    reach: EVERYTHING,
    secret: ['input.code'],
    stored: [{ unreadable: 'whose sign-in the code is of' }],
    why: 'signs a waiting terminal in as the user',
  },
  loginSessionCancel: {
    effect: 'destroy',
    reach: SHARED,
    secret: ['code'],
    why: 'drops a sign-in that is still waiting; nothing in an environment uses it',
  },
  loginSessionConsume: {
    effect: 'escalate',
    reach: EVERYTHING,
    secret: ['code'],
    stored: [{ unreadable: 'whose sign-in the code is of' }],
    why: 'returns the token of an approved sign-in',
  },
  loginSessionCreate: { effect: 'escalate', reach: EVERYTHING, why: 'returns the code of a new sign-in' },
  loginSessionVerify: {
    effect: 'escalate',
    reach: EVERYTHING,
    secret: ['code'],
    why: 'a step of signing in; tells whether a guessed code is good',
  },
  sessionDelete: { effect: 'escalate', reach: EVERYTHING, why: 'signs a browser or terminal of the user out' },
};

/** Keys for native SSH. */
const ssh: Operations = {
  sshPublicKeyCreate: {
    effect: 'escalate',
    reach: workspace('input.workspaceId', EVERYTHING),
    why: 'lets the key’s holder into every service of the workspace or the user',
  },
  sshPublicKeyDelete: {
    effect: 'escalate',
    reach: EVERYTHING,
    why: 'takes access away from the key’s holder; keys cannot be looked up by id',
  },
  sshSignupApprove: {
    effect: 'escalate',
    reach: EVERYTHING,
    secret: ['code'],
    stored: [{ unreadable: 'whose key the code is of' }],
    why: 'registers somebody’s key on the account',
  },
};

/** Links to other systems that read or write a project. */
const integrations: Operations = {
  botScopeBindingRemove: {
    effect: 'escalate',
    reach: EVERYTHING,
    why: 'changes which chat may steer a workspace; bindings cannot be looked up by id',
  },
  integrationCreate: {
    effect: 'escalate',
    reach: project('input.projectId'),
    secret: ['input.config'],
    why: 'opaque configuration that lets an outside system at the project’s variables',
  },
  integrationDelete: {
    effect: 'destroy',
    reach: EVERYTHING,
    why: 'deletes the link and its configuration; integrations cannot be looked up by id',
  },
  integrationUpdate: {
    effect: 'escalate',
    context: refs('project:input.projectId'),
    reach: EVERYTHING,
    secret: ['input.config'],
    why: 'replaces opaque configuration that lets an outside system in; integrations cannot be looked up by id',
  },
  providerAuthRemove: {
    effect: 'escalate',
    reach: EVERYTHING,
    why: 'drops the link to a code host that sign-in and every deployment of its repositories rest on',
  },
};

/** Signals: values that running services ask Railway for. An owner scope is free text and cannot be looked up. */
const signals: Operations = {
  signalCreate: {
    effect: 'write',
    raises: raise('escalate', { is: 'present', paths: 'input.writableBy' }),
    reach: EVERYTHING,
    secret: ['input.default'],
    why: 'adds a value that services may read at run time; writableBy says who may change it',
  },
  signalDefaultSet: {
    effect: 'execute',
    reach: EVERYTHING,
    secret: ['input.default'],
    why: 'overwrites, with a value of any shape, what running services act on in production',
  },
  signalDelete: { effect: 'destroy', reach: EVERYTHING, why: 'deletes the signal and its history' },
  signalReplace: {
    effect: 'destroy',
    reach: EVERYTHING,
    secret: ['input.default'],
    why: 'clears all rules and re-types the signal',
  },
  signalRollback: {
    effect: 'destroy',
    reach: EVERYTHING,
    stored: [{ what: 'signal', path: 'input.name', of: 'input.owner' }],
    why: 'restores an earlier state over the live one',
  },
  signalRuleSet: {
    effect: 'execute',
    reach: EVERYTHING,
    secret: ['input.expression', 'input.value'],
    why: 'decides, by expressions of any shape, which value running services act on',
  },
  signalRuleUnset: { effect: 'destroy', reach: EVERYTHING, why: 'deletes a rule' },
};

/** Credentials, links and signals. */
export const credentials: Operations = { ...tokens, ...logins, ...ssh, ...integrations, ...signals };
