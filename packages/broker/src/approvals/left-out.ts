/** What is too much to be shown to a person: nobody says yes to what would be hit and is not shown. */
import { type Described, type JsonObject, type ResolvedOperation, WritError } from '@writ/core';

/** The most that is listed of one kind. */
const MOST = 500;

/** How many things that a call would hit are not listed of it. */
export function leftOut(operations: readonly ResolvedOperation[], described: Described): number {
  const { targets, environments, dies, backups_lost, confirm } = described;
  const lists: readonly (readonly unknown[])[] = [
    ...[operations, targets, environments, dies, backups_lost, confirm],
    ...operations.map((operation) => operation.targets),
    ...environments.map(({ provider }) => provider),
  ];
  return lists.reduce((sum, list) => sum + Math.max(0, list.length - MOST), 0);
}

/** Why nobody can say yes to it, as a part of a sentence; undefined where all of it is shown. */
export function hiddenWhy(count: number): string | undefined {
  if (count === 0) return undefined;
  return `nobody can approve it: ${count} things that it would hit are more than a person can be shown. Send it in smaller parts.`;
}

/** Throws `WritError` (`forbidden`) where something that would be hit is not shown. */
export function refuseHidden(shown: JsonObject): void {
  const why = hiddenWhy(Number(shown['left_out'] ?? 0));
  if (why !== undefined) throw new WritError('forbidden', { detail: `N${why.slice(1)}` });
}
