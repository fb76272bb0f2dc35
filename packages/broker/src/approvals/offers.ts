/** The narrowest lasting mend: an allowance where one may stand, and a guardrail for one operation in one environment. */
import type { OutputOf } from '@writ/api';
import {
  DETAIL_TYPE,
  type Detail,
  defined,
  detailSchema,
  type GuardedPair,
  type Guardrail,
  guardPair,
  isNeverStanding,
  isSamePlace,
  type JsonObject,
  narrowestSelector,
  parseSelector,
  restrictsAt,
  shellWord,
  whenLines,
} from '@writ/core';

type View = OutputOf<'approvals.get'>;
type Shown = NonNullable<View['shown']>;
type Offer = View['offers'][number];
type Operation = Shown['operations'][number];

/** The most that are offered: of more, none is narrow. */
const MOST = 10;

/** What an offered allowance lets pass, and for how long. */
const USES = 5;
const LASTS = '1h';

/** What is asked, as far as offers depend on it. `quorum`: how many must say yes. */
export interface OfferedFor {
  readonly connection: string;
  readonly hold_minutes: number;
  readonly quorum: number;
  readonly client_id: string;
  readonly task: { readonly id: string };
}

/**
 * What would let the same pass the next time. First an allowance, where one may stand: for this task, the same operations on the same things.
 * Then what an owner could set: one rule for each operation and environment for which a yes is wanted, with the window in which the call can
 * be cancelled; none where it would take more than ten, none that would not be enough,
 * and none that would overrule a rule that forbids. `rules`: the guardrails in force now, not those that asked for a yes at its time.
 */
export function offersOf(
  { operations }: Pick<Shown, 'operations'>,
  asked: OfferedFor,
  rules: readonly Guardrail[],
): Offer[] {
  const { connection } = asked;
  const pairs = operations.flatMap((operation) =>
    operation.environments.map((environment) => ({ operation, environment })),
  );
  const wanted = pairs.filter((pair) => guarded(rules, connection, pair).approve);
  return [...allowanceOf(wanted, asked), ...guardrailsOf(wanted, rules, asked)];
}

interface Pair {
  readonly operation: Operation;
  readonly environment: Operation['environments'][number];
}

function guarded(rules: readonly Guardrail[], connection: string, { operation, environment }: Pair): GuardedPair {
  const call = {
    ...operation,
    arguments: operation.arguments as JsonObject,
    targets: operation.targets.map(({ id, name }) => ({ id, ...defined({ name }) })),
  };
  return guardPair(rules, connection, call, environment);
}

function guardrailsOf(wanted: readonly Pair[], rules: readonly Guardrail[], asked: OfferedFor): Offer[] {
  const offers = new Map<string, Offer>();
  for (const pair of wanted) {
    const rule = mendOf(pair, rules, asked);
    if (rule === undefined) continue;
    const command = commandOf(rule);
    const { operation, environment } = pair;
    offers.set(command, {
      kind: 'guardrail',
      operation: operation.name,
      environment: environment.slug,
      command,
      rule,
    });
  }
  return offers.size > MOST ? [] : [...offers.values()];
}

/**
 * The narrowest rule by which nobody is asked about the pair: one that takes the place of the very rule for it, under the same conditions;
 * else one beside the others, if need be for every call of the operation there. For this connection alone. Undefined where no single one would do.
 */
function mendOf(pair: Pair, rules: readonly Guardrail[], asked: OfferedFor): Guardrail | undefined {
  const { operation, environment } = pair;
  const { connection } = asked;
  const now = guarded(rules, connection, pair);
  if (wouldOverrule(pair, { rules, connection, counting: now.rules })) return undefined;
  const held = Math.max(now.hold_minutes, operation.effect === 'destroy' ? asked.hold_minutes : 0);
  const outcome = held > 0 ? ({ outcome: 'hold', hold_minutes: held } as const) : ({ outcome: 'allow' } as const);
  const beside = { connection, environments: environment.slug, operations: narrowestSelector(operation) };
  const asking = now.rules.filter((rule) => rule.outcome === 'approve');
  // One for every connection is not replaced: that would loosen the others too.
  const own = asking.filter(
    (rule) =>
      rule.connection !== undefined && rule.environments === environment.slug && parseSelector(rule.operations).exact,
  );
  const places = [
    ...own.map(({ connection, environments, operations, when }) => ({ connection, environments, operations, when })),
    ...asking.map(({ when }) => ({ ...beside, when })),
    { ...beside, when: undefined },
  ];
  return places
    .map(({ connection, when, ...place }) => ({ ...place, ...outcome, ...defined({ connection, when }) }))
    .find((rule) => {
      const after = guarded([...rules.filter((other) => !isSamePlace(other, rule)), rule], connection, pair);
      return !after.approve && after.outcome !== 'deny';
    });
}

/**
 * Tells whether a rule for just this pair, which decides alone, would overrule one that forbids, or one that looks at other calls and that
 * nobody has seen here.
 */
function wouldOverrule({ operation, environment }: Pair, { rules, connection, counting }: Overruled): boolean {
  return rules.some(
    (rule) =>
      restrictsAt(rule, { connection, operation, environment }) &&
      (rule.outcome === 'deny' || (rule.when !== undefined && !counting.includes(rule))),
  );
}

/** `counting`: those that decide about the call. */
interface Overruled {
  readonly rules: readonly Guardrail[];
  readonly connection: string;
  readonly counting: readonly Guardrail[];
}

function commandOf({ environments, operations, outcome, hold_minutes, when, connection }: Guardrail): string {
  const minutes = hold_minutes === undefined ? '' : ` --minutes ${hold_minutes}`;
  const conditions = when === undefined ? [] : whenLines(when);
  const only = conditions.map((line) => ` --when ${shellWord(line)}`).join('');
  const where = connection === undefined ? '' : ` --connection ${connection}`;
  return `writ guardrail set ${environments} ${shellWord(operations)} ${outcome}${minutes}${only}${where}`;
}

/** The allowance for the same operations on the same things; none where none may stand, or where one command could not say it. */
function allowanceOf(wanted: readonly Pair[], asked: OfferedFor): Offer[] {
  const { connection, hold_minutes, quorum, client_id, task } = asked;
  const never = wanted.some(({ operation }) => isNeverStanding(operation));
  if (never || wanted.length === 0 || hold_minutes > 0 || quorum > 1) return [];
  const parsed = detailSchema.safeParse(narrowest(wanted, connection));
  if (!parsed.success) return [];
  const { environments, operations, resources = [] } = parsed.data;
  const pieces = environments.flatMap((slug) => operations.map((one) => shellWord(`${connection}/${slug}/${one}`)));
  if (pieces.length > MOST || resources.length > MOST) return [];
  const only = resources.map((resource) => ` --resource ${shellWord(resource)}`).join('');
  const whose = `${shellWord(client_id)} ${task.id}`;
  const command = `writ allowances create ${whose} ${pieces.join(' ')}${only} --uses ${USES} --for ${LASTS}`;
  const named = { operation: operations.join(', '), environment: environments.join(', ') };
  return [{ kind: 'allowance', ...named, command, detail: parsed.data }];
}

function narrowest(wanted: readonly Pair[], connection: string): Detail {
  const each = (texts: string[]): string[] => [...new Set(texts)];
  // An operation without targets is covered only where its container is named, which is not shown.
  const isNamed = wanted.every(({ operation }) => operation.targets.length > 0);
  const resources = wanted.flatMap(({ operation }) => operation.targets.map(({ kind, id }) => `${kind}:${id}`));
  return {
    type: DETAIL_TYPE,
    connection,
    environments: each(wanted.map(({ environment }) => environment.slug)),
    // With its effect, so that it is not for what the same operation may be found to do later.
    operations: each(wanted.map(({ operation: { name, effect } }) => `${name}:${effect}`)),
    ...(isNamed && { resources: each(resources) }),
  };
}
