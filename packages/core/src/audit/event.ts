/** The words of the audit log: its kinds of events and its results. A word is never removed, since old entries still use it. */
import { ERROR_CODES } from '../errors/error.ts';

/** Every kind of event: noun and past participle. */
export const AUDIT_KINDS = [
  'api.refused',
  'assertion.refused',
  'audit.exported',
  'audit.pruned',
  'client.changed',
  'client.created',
  'client.deleted',
  'client.secret_rotated',
  'client.trust_tested',
  'connection.changed',
  'connection.created',
  'connection.deleted',
  'connection.rejected',
  'connection.schema_read',
  'connection.verified',
  'credential.accepted',
  'credential.flagged',
  'credential.rejected',
  'credential.replaced',
  'database.backed_up',
  'database.exported',
  'database.imported',
  'database.restored',
  'environment.changed',
  'environment.created',
  'environment.deleted',
  'environment.imported',
  'freeze.created',
  'freeze.lifted',
  'grant.changed',
  'grant.created',
  'grant.deleted',
  'guardrails.replaced',
  'key.activated',
  'key.compromised',
  'key.made',
  'key.retired',
  'key.retiring',
  'operation.admitted',
  'operation.changed',
  'operation.dismissed',
  'refusals.counted',
  'request.allowed',
  'request.ended',
  'request.refused',
  'request.waiting',
  'session.created',
  'session.ended',
  'session.refused',
  'setup.completed',
  'setup.opened',
  'task.ended',
  'task.frozen',
  'token.introspected',
  'token.introspection_refused',
  'token.issued',
  'token.refused',
  'token.revocation_ignored',
  'token.revocation_refused',
  'token.revoked',
  'user.changed',
  'user.created',
  'user.deleted',
  'user.password_set',
  'user.reset',
  'vault_key.copy_answered',
  'vault_key.replaced',
] as const;

/** One kind of event. */
export type AuditKind = (typeof AUDIT_KINDS)[number];

/** The results that are no error code of Writ or OAuth. */
const OWN_RESULTS = [
  'accepted',
  'active',
  'allowed',
  'answered',
  'cut',
  'echoed',
  'inactive',
  'issued',
  'other_client',
  'refused',
  'revoked',
  'stale',
  'unknown',
] as const;

/** The error codes of OAuth, as the token endpoint answers them (RFC 6749 section 5.2; RFC 8707, RFC 9396, RFC 9449). */
export const OAUTH_CODES = [
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
  'invalid_target',
  'invalid_authorization_details',
  'access_denied',
  'invalid_dpop_proof',
  'use_dpop_nonce',
  'temporarily_unavailable',
] as const;

/** Every result of an event, in alphabetical order. For an event without a result, its kind says how it ended. */
export const AUDIT_RESULTS = [...new Set([...OWN_RESULTS, ...OAUTH_CODES, ...ERROR_CODES])].sort();

/** One result of an event. */
export type AuditResult = (typeof AUDIT_RESULTS)[number];
