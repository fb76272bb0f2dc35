import { z } from 'zod';

/** The pattern of one DNS label in lower case. A slug of an environment may have several, joined by dots (model#environment). */
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';

/** The reserved environment of every connection: what the provider keeps outside any environment. */
export const SHARED = 'shared';

/** A connection's slug: one DNS label. */
export const connectionSlugSchema = z
  .string()
  .regex(
    new RegExp(`^${LABEL}$`),
    'must be a lower-case DNS label: letters, digits and inner hyphens, at most 63 characters',
  );

/** An environment's slug: DNS labels joined by dots, at most 253 characters. */
export const environmentSlugSchema = z
  .string()
  .max(253)
  .regex(new RegExp(`^${LABEL}(?:\\.${LABEL})*$`), 'must be lower-case DNS labels joined by dots');

/** The kind of an environment, which guardrails can name. */
export const environmentKindSchema = z.enum(['protected', 'ephemeral', 'other']);
export type EnvironmentKind = z.infer<typeof environmentKindSchema>;

/** Returns the kind of an environment: protection wins, also over `ephemeral`, which the provider says. */
export function guardedKind(row: { readonly protected: boolean; readonly ephemeral: boolean }): EnvironmentKind {
  if (row.protected) return 'protected';
  return row.ephemeral ? 'ephemeral' : 'other';
}

/**
 * The parts of a provider for which an environment of Writ stands: lists of the provider's ids. The provider's code defines and checks the
 * names of the lists (model#environment).
 */
export const environmentSelectorSchema = z
  .record(z.string().regex(/^[a-z][a-z_]{0,49}$/), z.array(z.string().min(1).max(200)).min(1).max(200))
  .refine((selector) => Object.keys(selector).length > 0, 'must name something')
  .refine((selector) => Object.keys(selector).length <= 10, 'must have at most 10 fields');
export type EnvironmentSelector = Readonly<Record<string, readonly string[]>>;

/** An environment of a connection, with the facts that a decision uses. */
export interface Environment {
  readonly id: string;
  readonly slug: string;
  readonly kind: EnvironmentKind;
  readonly selector: EnvironmentSelector;
}
