import { EFFECTS } from '@writ/core';
import type { Provider } from '@writ/providers';
import { broadest } from '../live/credential-box.ts';
import type { ConnectionState } from '../live.ts';
import type { Used } from './used.ts';

/** The kind of the broadest root credential of a connection; undefined where it has none. */
export function credentialKindOf({
  credentials,
  provider,
}: Pick<ConnectionState, 'credentials' | 'provider'>): Provider['credentialKinds'][number] | undefined {
  const kind = broadest(credentials)?.kind;
  return provider.credentialKinds.find((each) => each.kind === kind);
}

/** The most names that a sentence lists. */
const MOST_TOLD = 5;

function listed(names: readonly string[]): string {
  const more = names.length - MOST_TOLD;
  return names.slice(0, MOST_TOLD).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** What the root credential of a connection is good for and no grant uses, in sentences. */
export function widerThanUsed(state: ConnectionState, { environments, granted }: Used): string[] {
  const kind = credentialKindOf(state);
  if (kind === undefined) return [];
  const reached = environments.filter(({ effects }) => effects.length > 0);
  const slugs = reached.map(({ environment }) => environment.slug);
  const idle = environments.filter(({ effects }) => effects.length === 0).map(({ environment }) => environment.slug);
  const effects = EFFECTS.filter((effect) => (granted.get(effect) ?? 0) === 0);
  const narrower = state.provider.credentialKinds
    .filter(({ narrowness }) => narrowness < kind.narrowness)
    .sort((one, other) => one.narrowness - other.narrowness)[0];
  const said = `The root credential (${kind.kind}) is good for ${kind.goodFor}`;
  return [
    ...(narrower === undefined ? [] : [`${said}; a ${narrower.kind} would be good for ${narrower.goodFor}.`]),
    ...(slugs.length === 0 ? ['No grant uses it at all.'] : []),
    ...(slugs.length > 0 && idle.length > 0 ? [`No grant reaches ${listed(idle)}.`] : []),
    ...(slugs.length > 0 && effects.length > 0 ? [`No grant covers anything that is ${effects.join(', ')}.`] : []),
  ];
}
