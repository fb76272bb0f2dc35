/** How import names what the provider lists, and which of it counts as production (model#environment). */
import { type EnvironmentSelector, environmentSlugSchema, SHARED } from '@writ/core';
import type { ProviderEnvironment } from '@writ/providers';

/** Names of environments whose loss costs nobody's work; everything else is protected. */
const NOT_PRODUCTION =
  /^(staging|stage|stg|dev|devel|develop|development|test|tests|testing|qa|uat|preview|previews|sandbox|demo|local|ci|playground|experimental|scratch)([-_. ]?\d+)?$/i;

/** An environment that an import would add. */
export interface Planned {
  /** The provider's name for it, for the sentence when it is skipped. */
  readonly name: string;
  readonly slug: string;
  readonly selector: EnvironmentSelector;
  readonly protected: boolean;
}

/** Tells whether an environment's name is one that people give to what is not production. */
export function isNotProduction(name: string): boolean {
  return NOT_PRODUCTION.test(name.trim());
}

/**
 * Plans an import: each lasting environment by its name, with the project's before it where there are several projects; all
 * ephemeral ones of a project as one. Slugs that would clash get a number.
 */
export function planImport(
  found: readonly ProviderEnvironment[],
  options: { readonly single_project: boolean; readonly taken: readonly string[] },
): Planned[] {
  const taken = new Set([SHARED, 'protected', 'ephemeral', 'other', ...options.taken]);
  const plan: Planned[] = [];
  const add = (environment: ProviderEnvironment, leaf: string, rest: Omit<Planned, 'slug'>): void => {
    const prefix = options.single_project ? '' : `${label(environment.container.name)}.`;
    const slug = free(`${prefix}${label(leaf)}`, taken);
    taken.add(slug);
    plan.push({ slug, ...rest });
  };
  const forks = new Set<string>();
  for (const environment of found) {
    const { name, container, selector } = environment;
    if (!environment.ephemeral) {
      add(environment, name, { name: `${container.name}/${name}`, selector, protected: !isNotProduction(name) });
    } else if (!forks.has(container.id)) {
      forks.add(container.id);
      add(environment, 'pr', {
        name: `${container.name} (ephemeral)`,
        selector: { ephemeral_of: [container.id] },
        protected: false,
      });
    }
  }
  return plan;
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
