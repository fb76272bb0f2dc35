import { type ReachedEnvironment, SHARED } from '@writ/core';
import type { ConnectionFacts } from '../provider.ts';
import { unresolved } from '../review/unresolved.ts';
import { environmentWith, type Selectors } from '../selectors.ts';
import type { ReachWords } from './directory.ts';
import type { Place } from './located.ts';
import type { Reach } from './reach.ts';

interface SlugSource {
  readonly directory: { readonly words: Pick<ReachWords, 'title'>; readonly selectors: Selectors };
  readonly connection: ConnectionFacts;
}

/**
 * Translates a reach into the connection's own environments. Throws `environment_unresolved` for a provider environment that nobody
 * has added, without its name and id, which the caller may not be allowed to know.
 */
export function toSlugs(
  operation: { readonly name: string },
  { directory, reach, connection }: SlugSource & { readonly reach: Reach },
): readonly ReachedEnvironment[] {
  const reached = new Map<string, ReachedEnvironment & { readonly places?: string[] }>();
  if (reach.shared || reach.everything) reached.set(SHARED, { slug: SHARED, kind: 'protected' });
  if (reach.everything) for (const { slug, kind } of connection.environments) reached.set(slug, { slug, kind });
  for (const facts of reach.environments) {
    const row = environmentWith(directory.selectors, connection.environments, facts.members);
    if (!row) throw notAdded(operation, facts, { directory, connection });
    const kind = row.kind === 'ephemeral' && !facts.ephemeral ? 'other' : row.kind;
    const known = reached.get(row.slug);
    // A row of several provider environments is as guarded as the most guarded of them.
    const places = known?.places ?? [];
    places.push(facts.id);
    reached.set(row.slug, { slug: row.slug, kind: known && known.kind !== 'ephemeral' ? known.kind : kind, places });
  }
  if (reached.size === 0) throw unresolved(`Nothing says which environment ${operation.name} reaches.`);
  return [...reached.values()];
}

function notAdded({ name }: { readonly name: string }, facts: Place, { directory, connection }: SlugSource): Error {
  const which = facts.ephemeral ? 'an ephemeral environment' : 'an environment';
  return unresolved(
    `${name} reaches ${which} of ${directory.words.title} that has not been added to the connection ${connection.slug}. Ask an administrator to import its environments.`,
  );
}
