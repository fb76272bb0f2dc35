/** How import names the provider's environments, and which of them count as production (model#environment). */
import { canonicalJson, type EnvironmentSelector, environmentSlugSchema, inertLine, SHARED } from '@writ/core';
import type { ProviderEnvironment } from '@writ/providers';

/** Names of environments whose loss costs nobody's work; every other environment is protected. */
const NOT_PRODUCTION =
  /^(staging|stage|stg|dev|devel|develop|development|test|tests|testing|qa|uat|preview|previews|sandbox|demo|local|ci|playground|experimental|scratch)([-_. ]?\d+)?$/i;

/** An environment that an import would add. */
export interface PlannedEnvironment {
  readonly slug: string;
  readonly selector: EnvironmentSelector;
  readonly protected: boolean;
  readonly ephemeral: boolean;
  /** What the provider calls what it would stand for, with its container. */
  readonly found: readonly string[];
}

/** What the provider calls one of its environments, and what that lies in: plain text. */
export function foundName({ container, name }: ProviderEnvironment): string {
  return inertLine(`${container.name}/${name}`, 300);
}

/** Tells whether an environment's name is one that people give to what is not production. */
export function isNotProduction(name: string): boolean {
  return NOT_PRODUCTION.test(name.trim());
}

/**
 * Plans an import: one environment for each selector, by the labels that the provider gives it. What is ephemeral is not protected.
 * Slugs that would clash get a number.
 */
export function planImport(found: readonly ProviderEnvironment[], inUse: readonly string[]): PlannedEnvironment[] {
  const taken = new Set([SHARED, 'protected', 'ephemeral', 'other', ...inUse]);
  const plan = new Map<string, PlannedEnvironment>();
  for (const each of found) {
    const { name, ephemeral, labels, selector } = each;
    const key = canonicalJson(selector);
    const planned = plan.get(key);
    if (planned !== undefined) {
      plan.set(key, { ...planned, found: [...planned.found, foundName(each)] });
      continue;
    }
    const slug = free(labels.map(label).join('.'), taken);
    taken.add(slug);
    const isProtected = !ephemeral && !isNotProduction(name);
    plan.set(key, { slug, selector, protected: isProtected, ephemeral, found: [foundName(each)] });
  }
  return [...plan.values()];
}

/** One DNS label made of a name: letters, digits and inner hyphens. */
function label(name: string): string {
  const plain = name.normalize('NFKD').toLowerCase().replace(/\p{M}/gu, '');
  const text = plain
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 50)
    .replace(/^-+|-+$/g, '');
  return text === '' ? 'environment' : text;
}

function free(slug: string, taken: ReadonlySet<string>): string {
  for (let count = 1; ; count += 1) {
    const candidate = count === 1 ? slug : `${slug}-${count}`;
    if (!taken.has(candidate) && environmentSlugSchema.safeParse(candidate).success) return candidate;
  }
}
