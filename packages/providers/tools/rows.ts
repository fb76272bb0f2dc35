/** The review as rows of words. */
import type { FieldReview } from '../src/graphql/catalog.ts';
import type { Condition, OperationReview, ReachRule, ResourceRef } from '../src/review/review.ts';

/** One row: column name -> text. */
export type Row = Readonly<Record<string, string>>;

/** One row for each operation, by name. */
export function operationRows(operations: Readonly<Record<string, OperationReview>>): readonly Row[] {
  return Object.entries(operations)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([operation, review]) => ({
      operation,
      effect: review.effect,
      raises: raisesText(review),
      targets: refsText(review.targets),
      context: refsText(review.context),
      reach: reachText(review.reach),
      names: (review.names ?? []).map(({ path }) => path).join(' '),
      patches: (review.patches ?? []).map(({ path, ids }) => [path, ...ids.map(({ at }) => at)].join(' ')).join('; '),
      secret: (review.secret ?? []).join(' '),
      why: review.why,
    }));
}

/** One row for each field that does more than read, or leads elsewhere. */
export function fieldRows(fields: Readonly<Record<string, Readonly<Record<string, FieldReview>>>>): readonly Row[] {
  return Object.entries(fields)
    .flatMap(([type, reviews]) =>
      Object.entries(reviews).map(([field, { effect, step }]) => ({ field: `${type}.${field}`, effect, step })),
    )
    .filter(({ effect, step }) => effect !== 'read' || step !== 'same')
    .sort((a, b) => (a.field < b.field ? -1 : 1));
}

/** How wide a column is at most. A longer cell stands below its row; the last column may be as long as it likes. */
const WIDEST = 56;

/** Columns that always stand below their row. */
const BELOW = ['raises', 'context', 'names', 'patches', 'secret'];

/** Rows under a line of column names, each column as wide as its widest cell; what stands below a row is indented. */
export function table(rows: readonly Row[]): string {
  const columns = Object.keys(rows[0] ?? {}).filter((column) => !BELOW.includes(column));
  const last = columns.at(-1);
  const isLong = (row: Row, column: string) => column !== last && (row[column]?.length ?? 0) > WIDEST;
  const cell = (row: Row, column: string) => (isLong(row, column) ? '(below)' : (row[column] ?? ''));
  const head = Object.fromEntries(columns.map((column) => [column, column]));
  const widths = columns.map((column) => Math.max(...[head, ...rows].map((row) => cell(row, column).length)));
  const line = (row: Row) => columns.map((column, index) => cell(row, column).padEnd(widths[index] ?? 0)).join('  ');
  const below = (row: Row) =>
    Object.keys(row)
      .filter((column) => (BELOW.includes(column) && row[column] !== '') || isLong(row, column))
      .map((column) => `    ${column}: ${row[column]}`);
  return [head, ...rows].flatMap((row) => [line(row).trimEnd(), ...below(row)]).join('\n');
}

/** How far a rule reaches, in words. */
export function reachText(rule: ReachRule): string {
  if (rule.in === 'shared' || rule.in === 'everything') return rule.in;
  if (rule.in === 'resource') return rule.narrowed_by ? `targets, within ${rule.narrowed_by}` : 'targets';
  if (rule.in === 'instances') return `${rule.kind} ${rule.path}${forkText(rule)}`;
  return placeText(rule) + (rule.absent ? `, else ${reachText(rule.absent)}` : '');
}

function placeText(rule: Extract<ReachRule, { in: 'environment' | 'container' | 'inside' }>): string {
  if (rule.in === 'environment') return `${rule.stored ? 'project of ' : ''}environment ${rule.path}`;
  return `${rule.in} ${rule.kind} ${rule.path}${rule.in === 'container' ? forkText(rule) : ''}`;
}

function forkText({ fork }: { readonly fork?: string }): string {
  return fork === undefined ? '' : `, or fork ${fork}`;
}

/** Raises with the same effect and the same test are one entry. */
function raisesText({ raises = [], state_raises = [] }: OperationReview): string {
  const groups = Map.groupBy(raises, ({ when, to }) => `${to} if ${testText(when)}`);
  const byState = state_raises.map(({ state, path, to }) => `${to} if ${state} ${path}`);
  const byArgument = [...groups].map(([text, group]) => `${text} ${group.map(({ when }) => when.path).join(' ')}`);
  return [...byArgument, ...byState].join('; ');
}

function testText(when: Condition): string {
  if ('is' in when) return when.is;
  return 'one_of' in when ? `one of ${when.one_of.join(' ')}:` : `none of ${when.not_one_of.join(' ')}:`;
}

function refsText(refs: readonly ResourceRef[] = []): string {
  return refs.map(({ kind, path, of }) => `${kind}:${path}${of ? ` of ${of}` : ''}`).join(' ');
}
