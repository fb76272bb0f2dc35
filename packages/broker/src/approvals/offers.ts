/** The narrowest lasting mend: an allowance where one may stand, and a guardrail for one operation in one environment. */
import type { OutputOf } from '@writ/api';
import {
  DETAIL_TYPE,
  type Detail,
  detailSchema,
  type Guardrail,
  isNeverStanding,
  narrowestSelector,
  parseSelector,
  type SelectedOperation,
  selects,
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
 * be cancelled; none where it would take more than ten.
 */
export function offersOf(shown: Pick<Shown, 'operations' | 'rules'>, asked: OfferedFor): Offer[] {
  const wanted = shown.operations.flatMap((operation) => {
    const environments = operation.environments.filter((environment) =>
      shown.rules.some((rule) => wants(rule, operation, environment)),
    );
    return environments.length === 0 ? [] : [{ operation, environments }];
  });
  return [...allowanceOf(wanted, asked), ...guardrailsOf(wanted, asked)];
}

interface Wanted {
  readonly operation: Operation;
  readonly environments: Operation['environments'];
}

function guardrailsOf(wanted: readonly Wanted[], { connection, hold_minutes }: OfferedFor): Offer[] {
  const offers = new Map<string, Offer>();
  for (const { operation, environments } of wanted) {
    for (const environment of environments) {
      const selector = narrowestSelector(operation);
      const holds = hold_minutes > 0 && operation.effect === 'destroy';
      const outcome = holds ? `hold --minutes ${hold_minutes}` : 'allow';
      const command = `writ guardrail set ${environment.slug} ${quoted(selector)} ${outcome} --connection ${connection}`;
      offers.set(command, {
        kind: 'guardrail',
        operation: operation.name,
        environment: environment.slug,
        command,
        rule: {
          connection,
          environments: environment.slug,
          operations: selector,
          ...(holds ? { outcome: 'hold', hold_minutes } : { outcome: 'allow' }),
        },
      });
    }
  }
  return offers.size > MOST ? [] : [...offers.values()];
}

/** The allowance for the same operations on the same things; none where none may stand, or where one command could not say it. */
function allowanceOf(wanted: readonly Wanted[], asked: OfferedFor): Offer[] {
  const { connection, hold_minutes, quorum, client_id, task } = asked;
  const never = wanted.some(({ operation }) => isNeverStanding(operation));
  if (never || wanted.length === 0 || hold_minutes > 0 || quorum > 1) return [];
  const parsed = detailSchema.safeParse(narrowest(wanted, connection));
  if (!parsed.success) return [];
  const { environments, operations, resources = [] } = parsed.data;
  const pieces = environments.flatMap((slug) => operations.map((one) => quoted(`${connection}/${slug}/${one}`)));
  if (pieces.length > MOST || resources.length > MOST) return [];
  const only = resources.map((resource) => ` --resource ${quoted(resource)}`).join('');
  const whose = `${quoted(client_id)} ${task.id}`;
  const command = `writ allowances create ${whose} ${pieces.join(' ')}${only} --uses ${USES} --for ${LASTS}`;
  const named = { operation: operations.join(', '), environment: environments.join(', ') };
  return [{ kind: 'allowance', ...named, command, detail: parsed.data }];
}

function narrowest(wanted: readonly Wanted[], connection: string): Detail {
  const each = (texts: string[]): string[] => [...new Set(texts)];
  // An operation without targets is covered only where its container is named, which is not shown.
  const isNamed = wanted.every(({ operation }) => operation.targets.length > 0);
  const resources = wanted.flatMap(({ operation }) => operation.targets.map(({ kind, id }) => `${kind}:${id}`));
  return {
    type: DETAIL_TYPE,
    connection,
    environments: each(wanted.flatMap(({ environments }) => environments.map(({ slug }) => slug))),
    // With its effect, so that it is not for what the same operation may be found to do later.
    operations: each(wanted.map(({ operation: { name, effect } }) => `${name}:${effect}`)),
    ...(isNamed && { resources: each(resources) }),
  };
}

function wants(
  rule: Guardrail,
  operation: SelectedOperation,
  { slug, kind }: Shown['operations'][number]['environments'][number],
): boolean {
  if (rule.outcome !== 'approve' || ![slug, kind].includes(rule.environments)) return false;
  return selects(parseSelector(rule.operations), operation);
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w.:/-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
