import type { OutputOf } from '@writ/api';
import { compactScope, type Detail, inert } from '@writ/core';

type Allowance = OutputOf<'allowances.create'>;

/** What an allowance lets pass, in words: operations by place, the things they act on, the arguments that are tested. */
export function whatText({ resources = [], arguments: conditions = {}, ...detail }: Detail): string {
  const only = resources.length === 0 ? '' : ` on ${resources.join(', ')}`;
  const where = Object.entries(conditions).flatMap(([operation, paths]) =>
    Object.entries(paths).map(([path, condition]) => `${operation} ${path} ${conditionText(condition)}`),
  );
  const places = compactScope(detail).map((place) => `${detail.connection}/${place}`);
  return inert(`${places.join(', ')}${only}${where.length === 0 ? '' : ` where ${where.join(', ')}`}`);
}

function conditionText(condition: object): string {
  return Object.entries(condition)
    .map(([comparison, value]) => `${comparison} ${JSON.stringify(value)}`)
    .join(' ');
}

/** Why an allowance has ended, in a word; `open` where it has not. */
export function stateText({ ended_why, left, expires_at }: Allowance, now: number): string {
  if (ended_why !== null) return ended_why.replaceAll('_', ' ');
  return left > 0 && Date.parse(expires_at) > now ? 'open' : 'expired';
}
