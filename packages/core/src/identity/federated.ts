/** The values of trust in foreign issuers, which clients, tokens and the API share. The package `tokens` checks them. */
import { z } from 'zod';

/** The systems whose tokens Writ knows, and `generic` for any other issuer. */
export const CI_SYSTEMS = [
  'github_actions',
  'gitlab',
  'circleci',
  'buildkite',
  'bitbucket',
  'azure_devops',
  'kubernetes',
  'aws',
  'google',
  'entra',
  'generic',
] as const;
export type CiSystemId = (typeof CI_SYSTEMS)[number];

const text = z.string().min(1).max(300);

/**
 * The identity of a CI job, with the same members for every system: the claim `ci` of the access token. It is for people and the audit log.
 * Nothing is decided by it, since a name in it may belong to another owner by now.
 */
export const ciIdentitySchema = z.strictObject({
  system: z.enum(CI_SYSTEMS),
  subject: text,
  organization_id: text.optional(),
  project_id: text.optional(),
  project: text.optional(),
  ref: text.optional(),
  commit: text.optional(),
  environment: text.optional(),
  workflow: text.optional(),
  event: text.optional(),
  run_id: text.optional(),
  job_id: text.optional(),
  runner: text.optional(),
  actor: text.optional(),
});
export type CiIdentity = z.infer<typeof ciIdentitySchema>;

const claimName = z.string().regex(/^[\x21-\x7e]{1,200}$/, 'must be printable ASCII without spaces');
const claimText = z.string().max(500);

/**
 * A trust policy: it says which tokens of a foreign issuer stand for a `ci` client (model#trust-policy). A list of values means one of
 * them. An absent audience, and absent claims, parse as empty, so that the check of policies can say why they are needed.
 */
export const federatedAuthSchema = z.strictObject({
  method: z.literal('federated'),
  issuer: z.string().min(1).max(500),
  audience: z.string().max(500).default(''),
  claims: z.record(claimName, z.union([claimText, z.boolean(), z.array(claimText).min(1).max(20)])).default({}),
  ci: z.enum(CI_SYSTEMS),
  allow_private_network: z.boolean().default(false),
  dpop_bound_access_tokens: z.boolean().optional(),
});
export type FederatedAuth = z.infer<typeof federatedAuthSchema>;
