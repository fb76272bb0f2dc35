/** Returns a number with the singular or plural of what it counts: `counted(1, 'freeze is', 'freezes are')` is `1 freeze is`. */
export function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
