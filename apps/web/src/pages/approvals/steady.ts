/** What is listed under a finger stays where it is: of what came or ended meanwhile it is told, and nothing moves until somebody asks. */

/** What is listed. */
export interface Item {
  readonly id: string;
}

/** One card: what was seen first, which says where it stands, and what it is now; undefined where it waits no more. */
export interface Card<T> {
  readonly first: T;
  readonly now: T | undefined;
}

/** The cards in the order in which they were seen, and how many wait that are not among them. */
export function cardsOf<T extends Item>(seen: readonly T[], live: readonly T[]): { cards: Card<T>[]; more: number } {
  const now = new Map(live.map((item) => [item.id, item]));
  const cards = seen.map((first) => ({ first, now: now.get(first.id) }));
  const known = new Set(seen.map(({ id }) => id));
  return { cards, more: live.filter(({ id }) => !known.has(id)).length };
}
