/** Returns a number with the singular or plural of what it counts: `counted(1, 'freeze is', 'freezes are')` is `1 freeze is`. */
export function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Joins words: `a`, `a and b`, `a, b and c`. */
export function joined(words: readonly string[], last: 'and' | 'or' = 'and'): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}
