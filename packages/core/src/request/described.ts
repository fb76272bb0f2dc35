/**
 * What a human is shown of a call that waits, from the provider's own answers, and what of it is compared when an approval is used
 * (model#blast-radius).
 */
import type { JsonObject, JsonValue } from '../json/json.ts';
import type { EnvironmentKind } from '../scope/environment.ts';

/** One item of a blast radius. `facts` are measured values: sizes, counts, times. */
export interface BlastItem {
  readonly kind: string;
  readonly id: string;
  readonly name?: string;
  /** The slug of the environment it lies in. */
  readonly environment?: string;
  readonly facts: JsonObject;
  /** `kind:id` of what the name is of, where that is another thing: the volume of an instance. */
  readonly of?: string;
  /** True of what the provider makes by itself, such as backups by a schedule and deployments: it comes and goes without anybody. */
  readonly automatic?: true;
  /** True of the newest of all backups that would be left. */
  readonly newest?: true;
}

/**
 * Everything that would be lost together with what a call destroys. The lists are complete. `unknown`: sentences about facts that the
 * provider was not asked, or did not tell.
 */
export interface BlastRadius {
  readonly dies: readonly BlastItem[];
  readonly backups_lost: readonly BlastItem[];
  /** Newest first. */
  readonly backups_left: readonly BlastItem[];
  readonly unknown: readonly string[];
}

/** A resource that the call acts on, by the name that the provider reports now. */
export interface DescribedTarget {
  /** The name of the operation that acts on it. */
  readonly operation: string;
  readonly kind: string;
  readonly id: string;
  readonly name?: string;
  /** The slugs of the environments in which the operation acts on it. */
  readonly environments: readonly string[];
  /** Measured values: sizes, counts, what is attached. */
  readonly facts: JsonObject;
}

/** An environment that the call reaches, with the provider's own names of it. */
export interface DescribedEnvironment {
  readonly slug: string;
  readonly kind: EnvironmentKind;
  /** The provider's environments of it that are reached. Empty for `shared`. */
  readonly provider: readonly ProviderPlace[];
}

/** One of the provider's environments. */
export interface ProviderPlace {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  /** The name of what holds it (a project). */
  readonly container: string;
  /** `kind:id` of what holds it. */
  readonly within: string;
}

/** Something stored at the provider that the call acts by: what the call does changes when this changes. */
export interface StoredState {
  /** What it is, and whose: `staged_patch e_staging`. */
  readonly name: string;
  /** The provider's own version of it, or a hash of the whole of it. */
  readonly version: string;
  /** What it says, bounded, with `[secret, N bytes]` in place of secrets. */
  readonly shown: JsonValue;
}

/** What a human types before something is destroyed. */
export interface Confirmation {
  /** `kind:id` of what is destroyed; the operation's name where it names nothing. */
  readonly target: string;
  readonly environment: string;
  /** The slug of the environment, a slash, and the resource's name as the provider reports it now. */
  readonly text: string;
}

/** What the provider says of a call that waits for a human, asked anew. */
export interface Described extends BlastRadius {
  readonly targets: readonly DescribedTarget[];
  readonly environments: readonly DescribedEnvironment[];
  /** One for each thing that is destroyed; empty where nothing is. */
  readonly confirm: readonly Confirmation[];
  readonly stored_state: readonly StoredState[];
  /** Sentences: why nobody can approve the call, since what it does cannot be shown. Empty where it can be approved. */
  readonly undescribable: readonly string[];
}

/** Everything that is shown by a name: `kind:id`, each once. */
export function namedIn({ dies, backups_lost, backups_left, targets, environments }: Described): readonly string[] {
  const things = [...targets, ...dies, ...backups_lost, ...backups_left];
  const places = environments.flatMap(({ provider }) => provider);
  return [
    ...new Set([
      ...things.flatMap(({ kind, id, ...thing }) => [
        `${kind}:${id}`,
        ...('of' in thing && thing.of ? [thing.of] : []),
      ]),
      ...places.flatMap(({ kind, id, within }) => [`${kind}:${id}`, within]),
    ]),
  ];
}

/** What of a blast radius is compared: `kind:id`, sorted, each once. */
export interface BlastIds {
  readonly dies: readonly string[];
  readonly backups_lost: readonly string[];
  readonly backups_left: readonly string[];
  /** How many backups would be left that the provider makes by itself. */
  readonly automatic_left: number;
}

/** The part of a blast radius that is compared: ids alone, without measured values and what the provider makes by itself. */
export function blastIds(blast: Pick<BlastRadius, 'dies' | 'backups_lost' | 'backups_left'>): BlastIds {
  return {
    dies: idsOf(blast.dies),
    backups_lost: idsOf(blast.backups_lost),
    backups_left: idsOf(blast.backups_left),
    automatic_left: blast.backups_left.filter(({ automatic }) => automatic).length,
  };
}

function idsOf(items: readonly BlastItem[]): readonly string[] {
  const ids = items.filter(({ automatic }) => automatic !== true).map(({ kind, id }) => `${kind}:${id}`);
  return [...new Set(ids)].sort();
}

/**
 * Tells whether what was shown still holds: the same things and backups die, every backup that was to be left is still there, and no fewer
 * of those that the provider makes by itself. More backups outside are no difference.
 */
export function isSameBlast(shown: BlastIds, now: BlastIds): boolean {
  const left = new Set(now.backups_left);
  return (
    isSameList(shown.dies, now.dies) &&
    isSameList(shown.backups_lost, now.backups_lost) &&
    shown.backups_left.every((id) => left.has(id)) &&
    shown.automatic_left <= now.automatic_left
  );
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((id, index) => id === other[index]);
}
