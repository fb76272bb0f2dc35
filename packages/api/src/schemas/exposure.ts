import { effectSchema, outcomeSchema } from '@writ/core';
import { z } from 'zod';
import { paging } from './common.ts';

export const exposureQuery = z.strictObject(paging);

/**
 * What clients can do in one environment: at each effect how many of them can do any of it, how many operations that is, and what the
 * guardrails make of these at the mildest and at the strictest. Resources and arguments of grants are not looked at.
 */
export const exposureItem = z.object({
  connection: z.string(),
  environment: z.string(),
  /** As guardrails see it. */
  kind: z.enum(['protected', 'ephemeral', 'other']),
  effects: z.array(
    z.object({
      effect: effectSchema,
      clients: z.number().int(),
      operations: z.number().int(),
      mildest: outcomeSchema,
      strictest: outcomeSchema,
    }),
  ),
});

/** What findings are about, the most urgent first. */
export const FINDING_KINDS = [
  'credential_rejected',
  'credential_flagged',
  'credential_unverified',
  'lasting_harm',
  'every_environment',
  'credential_wider',
  'client_secret_old',
  'client_without_grant',
  'grant_unused',
] as const;

/** Something to look at, in a sentence. */
export const finding = z.object({
  kind: z.enum(FINDING_KINDS),
  sentence: z.string(),
  connection: z.string().optional(),
  client_id: z.string().optional(),
  grant_id: z.string().optional(),
});

/**
 * What all grants come to, by environment, of the first 100 connections by slug; and what to look at, whatever the page: at most 50 of each
 * kind, `findings_left_out` more.
 */
export const exposure = z.object({
  items: z.array(exposureItem),
  next_cursor: z.string().nullable(),
  findings: z.array(finding),
  findings_left_out: z.number().int(),
});
