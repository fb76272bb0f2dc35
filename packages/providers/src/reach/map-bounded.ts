/** The most questions that are asked of the provider at the same time. */
const AT_ONCE = 6;

/** Maps in order, at most six at a time. The first failure fails the whole. */
export async function mapBounded<T, R>(items: readonly T[], map: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < items.length; from += AT_ONCE) {
    results.push(...(await Promise.all(items.slice(from, from + AT_ONCE).map(map))));
  }
  return results;
}
