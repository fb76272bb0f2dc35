/** Operations and fields that are alike by name and are reviewed unlike: each row is a question to the reviewer. */
import { type Effect, isWorse } from '@writ/core';
import { railwayCatalog } from '../src/railway/catalog/index.ts';
import { reachText } from './rows.ts';
import { baseOf, leaves, operations, pathsOfReach } from './schema-walk.ts';

/** One disagreement. `row` is stable as long as nothing of it changes. */
export interface Disagreement {
  readonly about: 'verb' | 'variant' | 'secret' | 'raise' | 'id' | 'field';
  readonly row: string;
}

/** What an operation's name says that is done, by the last word of it that says so. */
const VERBS =
  /(Create|Update|Upsert|Delete|Remove|Rename|Destroy|Reset|Set|Unset|Add|Clear|Cancel|Stop|Start|Sleep|Wake|Restart|Redeploy|Deploy|Rollback|Revert|Restore|Transfer|Leave|Enable|Disable|Import|Publish|Unpublish|Connect|Disconnect|Exec|Merge|Lock|Confirm|Initiate|Validate|Agree|Claim|Approve|Track)(?=V\d|[A-Z]|$)/g;

const mutations = operations('Mutation');
const queries = operations('Query');
type Reviewed = (typeof mutations)[number];

/** Every disagreement, sorted. */
export function disagreements(): readonly Disagreement[] {
  const all = [...verbs(), ...variants(), ...secrets(), ...raises(), ...ids(), ...fields()];
  const once = new Map(all.map((one) => [`${one.about} ${one.row}`, one]));
  return [...once].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

function verbOf(name: string): string | undefined {
  return [...name.matchAll(VERBS)].at(-1)?.[1];
}

/** Of those that share a verb, the ones whose effect is not that of most. */
function* verbs(): Generator<Disagreement> {
  for (const [verb, group] of Map.groupBy(mutations, ({ name }) => verbOf(name))) {
    if (verb === undefined || group.length < 2) continue;
    const most = mostOf(group.map(({ review }) => review.effect));
    for (const { name, review } of group) {
      if (review.effect !== most) yield { about: 'verb', row: `${name}: ${review.effect}, most that ${verb}: ${most}` };
    }
  }
}

/** Those of one name but for a version or a longer ending, where effect, raises, reach or targets differ. */
function* variants(): Generator<Disagreement> {
  for (const one of mutations) {
    for (const other of mutations) {
      if (
        one === other ||
        !other.name.startsWith(one.name) ||
        !/^(V\d+|To|In|For|Force|Collection|Instance)/.test(other.name.slice(one.name.length))
      )
        continue;
      if (wordsOf(one) !== wordsOf(other))
        yield { about: 'variant', row: `${one.name} (${wordsOf(one)}) and ${other.name} (${wordsOf(other)})` };
    }
  }
}

function wordsOf({ review }: Reviewed): string {
  const raised = [...new Set((review.raises ?? []).map(({ to }) => to))].join(' ');
  return [review.effect, raised && `up to ${raised}`, reachText(review.reach)].filter(Boolean).join(', ');
}

interface Leaf {
  readonly name: string;
  readonly path: string;
  readonly last: string;
  readonly type: string;
  readonly secret: boolean;
  /** Of its operation, before it raises. */
  readonly effect: Effect;
  readonly raised: readonly Effect[];
}

const allLeaves: readonly Leaf[] = [...mutations, ...queries].flatMap(({ name, review, args }) => {
  const plain = (path: string) => path.replaceAll('[]', '');
  const secret = (review.secret ?? []).map(plain);
  return leaves(args).map(({ path, type }) => ({
    name,
    path: plain(path),
    last: plain(path).split('.').at(-1) ?? '',
    type: baseOf(type),
    effect: review.effect,
    secret: secret.some((each) => plain(path) === each || plain(path).startsWith(`${each}.`)),
    raised: [
      ...new Set((review.raises ?? []).filter(({ when }) => plain(when.path) === plain(path)).map(({ to }) => to)),
    ],
  }));
});

const byLast = Map.groupBy(allLeaves, ({ last }) => last);

/** Arguments of one name that are secret here and logged there. */
function* secrets(): Generator<Disagreement> {
  for (const [last, group] of byLast) {
    if (!group.some(({ secret }) => secret)) continue;
    for (const { name, path, secret } of group)
      if (!secret) yield { about: 'secret', row: `${name} ${path}: logged, ${last} is secret elsewhere` };
  }
}

/** Arguments of one name and type that raise here, and there neither raise as far nor need to. */
function* raises(): Generator<Disagreement> {
  for (const [last, group] of byLast) {
    if (/Ids?$/.test(last)) continue;
    for (const one of group.filter(({ raised }) => raised.length > 0)) {
      for (const other of group.filter((each) => isAlike(one, each))) {
        const missing = one.raised.filter((to) => !other.raised.includes(to) && isWorse(to, other.effect));
        if (missing.length > 0) {
          yield {
            about: 'raise',
            row: `${other.name} ${other.path}: not to ${missing.join(' ')}`,
          };
        }
      }
    }
  }
}

/** Any thing can have a name: only those of the same noun are compared. */
function isAlike(one: Leaf, other: Leaf): boolean {
  if (one === other || one.type !== other.type || !Object.hasOwn(railwayCatalog.mutations, other.name)) return false;
  return one.last !== 'name' || other.name.toLowerCase().includes(nounOf(one.name));
}

function nounOf(name: string): string {
  return (/^[a-z]+/.exec(name)?.[0] ?? '').toLowerCase();
}

/** Arguments named as an id that nothing looks up, though one of that name is looked up elsewhere. */
function* ids(): Generator<Disagreement> {
  const lookedUp = new Set<string>();
  const idle: { name: string; path: string; last: string }[] = [];
  for (const { name, review, args } of [...mutations, ...queries]) {
    const refs = [...(review.targets ?? []), ...(review.context ?? [])].flatMap(({ path, of }) => [path, of ?? '']);
    const used = new Set([...refs, ...pathsOfReach(review.reach)].map((path) => path.replaceAll('[]', '')));
    for (const { path } of leaves(args)) {
      const plain = path.replaceAll('[]', '');
      const last = plain.split('.').at(-1) ?? '';
      if (!/Ids?$/.test(last)) continue;
      if (used.has(plain)) lookedUp.add(last);
      else if (review.reach.in !== 'everything') idle.push({ name, path: plain, last });
    }
  }
  for (const { name, path, last } of idle)
    if (lookedUp.has(last)) yield { about: 'id', row: `${name} ${path}: not looked up` };
}

/** Fields of one name and type that are reviewed unlike. */
function* fields(): Generator<Disagreement> {
  const all = Object.entries(railwayCatalog.fields).flatMap(([type, reviews]) =>
    Object.entries(reviews).map(([field, { effect, step }]) => {
      const facts = railwayCatalog.schema.objects[type] ?? railwayCatalog.schema.interfaces[type];
      const result = facts?.fields[field]?.type.replaceAll(/[![\]]/g, '') ?? '';
      return { name: `${type}.${field}`, key: `${field}: ${result}`, words: `${effect} ${step}` };
    }),
  );
  for (const [key, group] of Map.groupBy(all, (one) => one.key)) {
    const most = mostOf(group.map(({ words }) => words));
    for (const { name, words } of group)
      if (words !== most) yield { about: 'field', row: `${name}: ${words}, most ${key}: ${most}` };
  }
}

/** The commonest of some words; of equals the first. */
function mostOf<T extends string>(words: readonly T[]): T | undefined {
  const counts = [...Map.groupBy(words, (word) => word)].map(([word, group]) => [word, group.length] as const);
  return counts.sort(([, a], [, b]) => b - a)[0]?.[0];
}
