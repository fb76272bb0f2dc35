/**
 * What environments of a connection stand for. A selector is the provider's own: all other code uses these functions, and keeps only the
 * keys of what it names.
 */
import { defined, type Environment, type EnvironmentSelector } from '@writ/core';

/** One part of the provider as a selector names it, by a key that at most one environment of a connection has. */
export type MemberKey = string;

/** A field of a selector: a list of the provider's ids. */
export interface SelectorField {
  readonly name: string;
  /** What the ids are of, for people: `environment`, `project`. */
  readonly noun: string;
  /** What the field stands for, for people: in the plural, or with an article. */
  readonly title: string;
  /** True where it stands for ephemeral environments of what it names, also for future ones. */
  readonly ephemeral: boolean;
  /** What is written before an id where one is shown: empty where the id is that of an environment. */
  readonly before: string;
  /** How many ids one selector may list. */
  readonly most: number;
}

/** A fault of a selector, and what may have been meant. */
export interface SelectorProblem {
  /** Below the selector; empty for the whole of it. */
  readonly at: string;
  readonly problem: string;
  readonly found: string;
  /** The right name where it is known, */
  readonly nearest?: string;
  /** else those among which the nearest may be. */
  readonly names: readonly string[];
}

/** What the provider lists, as far as a selector is compared with it. */
export interface Selectable {
  readonly id: string;
  readonly name: string;
  readonly container: { readonly id: string; readonly name: string };
  /** Every key by which a selector can name it; the first one goes before the others. */
  readonly members: readonly MemberKey[];
}

/** How selectors of a provider are read. */
export interface Selectors {
  /** Its fields, as people and `GET providers` are told. A selector has exactly one of them. */
  readonly fields: readonly SelectorField[];
  /** What is wrong with the form of a selector. */
  problems(selector: EnvironmentSelector): readonly SelectorProblem[];
  /** What a selector names that is not among what the provider lists. */
  unknown(selector: EnvironmentSelector, known: readonly Selectable[]): readonly SelectorProblem[];
  /** The keys of what a selector names, sorted, each once. */
  members(selector: EnvironmentSelector): readonly MemberKey[];
  /** True of a selector that stands for ephemeral environments. */
  isEphemeral(selector: EnvironmentSelector): boolean;
  /** True of a member that stands for ephemeral environments, also for future ones. */
  standsForEphemeral(member: MemberKey): boolean;
  /** A member as people are shown it. */
  shown(member: MemberKey): string;
}

/** Selectors that have exactly one of some fields, each a list of ids. A member's key is the field, a colon, and the id. */
export function selectorsByField(fields: readonly SelectorField[]): Selectors {
  const names = fields.map(({ name }) => name);
  const fieldOf = (name: string | undefined): SelectorField | undefined => fields.find((field) => field.name === name);
  const fieldOfMember = (member: MemberKey) => fieldOf(member.slice(0, member.indexOf(':')));
  return {
    fields,
    problems(selector) {
      const [name = '', ...others] = Object.keys(selector);
      const field = fieldOf(name);
      if (field === undefined || others.length > 0) {
        const problem = `must have one field: ${names.join(' or ')}`;
        return [{ at: '', problem, found: [name, ...others].join(', '), names }];
      }
      const count = selector[name]?.length ?? 0;
      if (count <= field.most) return [];
      return [{ at: name, problem: `must list at most ${field.most}`, found: String(count), names: [] }];
    },
    unknown: (selector, known) =>
      Object.entries(selector).flatMap(([name, ids]) => {
        const field = fieldOf(name);
        return field === undefined ? [] : unknownIds(field, ids, known);
      }),
    members: (selector) => [...new Set(Object.entries(selector).flatMap(keysOf))].sort(),
    isEphemeral: (selector) => Object.keys(selector).some((name) => fieldOf(name)?.ephemeral === true),
    standsForEphemeral: (member) => fieldOfMember(member)?.ephemeral === true,
    shown: (member) => `${fieldOfMember(member)?.before ?? ''}${member.slice(member.indexOf(':') + 1)}`,
  };
}

function keysOf([name, ids]: readonly [string, readonly string[]]): readonly MemberKey[] {
  return ids.map((id) => `${name}:${id}`);
}

/** The problem with an id that the provider does not list; where somebody gave a name instead, it tells the id. */
function unknownIds(
  { name, noun, ephemeral }: SelectorField,
  ids: readonly string[],
  known: readonly Selectable[],
): readonly SelectorProblem[] {
  const listed = new Map(known.map((each) => (ephemeral ? each.container : each)).map(({ id, name }) => [id, name]));
  const article = /^[aeiou]/.test(noun) ? 'an' : 'a';
  return ids.flatMap((found, index) => {
    if (listed.has(found)) return [];
    const problem = `must be the id of ${article} ${noun} the root credential reaches`;
    const nearest = [...listed].find(([, called]) => called === found)?.[0];
    const at = `${name}.${index}`;
    return [{ at, problem, found, names: [...listed.keys()], ...defined({ nearest }) }];
  });
}

/** Finds the environment of a member, among environments that are in use together, read once. */
const indexed = new WeakMap<readonly Environment[], ReadonlyMap<MemberKey, Environment>>();

/**
 * The environment of a connection that one of the provider's environments is in: the one that has the first of its members that any has.
 */
export function environmentWith(
  { members: membersOf }: Pick<Selectors, 'members'>,
  rows: readonly Environment[],
  members: readonly MemberKey[],
): Environment | undefined {
  const index =
    indexed.get(rows) ??
    new Map(rows.flatMap((row) => membersOf(row.selector).map((member) => [member, row] as const)));
  indexed.set(rows, index);
  for (const member of members) {
    const found = index.get(member);
    if (found !== undefined) return found;
  }
  return undefined;
}
