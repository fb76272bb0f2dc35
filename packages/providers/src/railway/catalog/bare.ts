/** A frozen copy of a JSON value in which no record has a prototype, so that only own names are found in it. */
export function bare<Value>(value: Value): Value {
  return copy(value) as Value;
}

function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(copy));
  const record = Object.create(null) as Record<string, unknown>;
  for (const [name, member] of Object.entries(value)) record[name] = copy(member);
  return Object.freeze(record);
}
