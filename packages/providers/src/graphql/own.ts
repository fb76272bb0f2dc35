/** Returns a record's own member of a name: names come from outside, and `constructor` must not find what every object has. */
export function own<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}
