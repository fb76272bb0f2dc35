import type { OutputOf } from '@writ/api';
import { inert, limitText } from '@writ/core';
import { table } from '../../output/table.ts';
import { wrap } from '../../output/text.ts';
import { describedParts, renamesText } from './described.ts';

type Explanation = OutputOf<'explain'>;
type Pair = Explanation['pairs'][number];

const HEADS: Readonly<Record<Explanation['result'], string>> = {
  allow: 'ALLOWED',
  wait: 'NOT NOW: it would wait for a human or for time',
  refuse: 'REFUSED',
};

/** An explanation as people read it: the verdict, the sentence, the facts, who covers what. */
export function explanationText(explanation: Explanation, width: number): string {
  const code = explanation.code === null ? '' : ` (${inert(explanation.code)})`;
  const parts = [`${HEADS[explanation.result]}${code}`, wrap(inert(explanation.detail), width).join('\n')];
  if (explanation.operations.length > 0) parts.push(operationsTable(explanation, width));
  if (explanation.blast_radius !== null) parts.push(...describedParts(explanation.blast_radius, width));
  if (explanation.recent_renames.length > 0) parts.push(renamesText(explanation, width));
  if (explanation.pairs.length > 0) parts.push(pairsTable(explanation, width));
  if (explanation.limits.length > 0) parts.push(limitsText(explanation));
  if (explanation.allowances.length > 0) parts.push(allowancesText(explanation));
  if (explanation.missing.length > 0) parts.push(missingText(explanation));
  return parts.join('\n\n');
}

function operationsTable({ operations }: Explanation, width: number): string {
  const columns = {
    operation: (item: Explanation['operations'][number]) => item.name,
    effect: (item: Explanation['operations'][number]) =>
      item.effect === item.base_effect ? item.effect : `${item.effect} (raised from ${item.base_effect})`,
    'acts on': (item: Explanation['operations'][number]) =>
      item.targets.map(
        (target) => `${target.kind}:${target.id}${target.name === undefined ? '' : ` (${target.name})`}`,
      ),
    reaches: (item: Explanation['operations'][number]) => item.environments,
  };
  return table(operations, columns, width);
}

function pairsTable({ pairs }: Explanation, width: number): string {
  const columns = {
    operation: (pair: Pair) => pair.operation,
    environment: (pair: Pair) => pair.environment,
    granted: (pair: Pair) => pair.covered,
    guardrails: (pair: Pair) => outcomeText(pair),
  };
  return table(pairs, columns, width);
}

/** What becomes of a call that is granted, as tables say it: `quorum` people must say yes where one is not enough. */
export function outcomeText({
  outcome,
  approve,
  hold_minutes,
  quorum,
}: Pick<Pair, 'outcome' | 'approve' | 'hold_minutes'> & { readonly quorum?: number | undefined }): string {
  if (outcome === 'deny') return 'denied';
  const approval = quorum === undefined ? 'approval' : `approval by ${quorum} people`;
  const needed = [...(approve ? [approval] : []), ...(hold_minutes > 0 ? [`a hold of ${hold_minutes} min`] : [])];
  return needed.length === 0 ? 'allowed' : `needs ${needed.join(' and ')}`;
}

function limitsText({ limits }: Explanation): string {
  const lines = limits.map(
    ({ limit, used, adds }) => `  ${inert(limitText(limit))}: ${used} used, this would use ${adds}`,
  );
  return ['It counts against these limits:', ...lines].join('\n');
}

function allowancesText({ allowances }: Explanation): string {
  const lines = allowances.map(({ id, task_id, left, uses }) => `  ${id}: ${left} of ${uses} left, of task ${task_id}`);
  return ['It was allowed beforehand, and would pass without asking anybody:', ...lines].join('\n');
}

function missingText({ missing }: Explanation): string {
  const lines = missing.flatMap((detail) =>
    detail.environments.flatMap((environment) =>
      detail.operations.map((operation) => `  ${inert(`${detail.connection}/${environment}/${operation}`)}`),
    ),
  );
  return ['What would have to be granted for it:', ...lines].join('\n');
}
