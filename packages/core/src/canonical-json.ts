/** Text that JSON writes as it stands: printable ASCII without quotation mark and backslash. Nearly all there is to write. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/**
 * Writes a JSON value canonically (RFC 8785): members sorted by UTF-16 code units, no white space, numbers as ECMAScript
 * writes them; members that are `undefined` are left out. Throws a `TypeError` for what JSON cannot say: functions, symbols,
 * bigints, non-finite numbers, lone surrogates, `undefined` itself.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return canonicalString(value);
  if (typeof value === 'number') return canonicalNumber(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return canonicalArray(value);
  if (typeof value === 'object') return canonicalObject(value as Record<string, unknown>);
  throw new TypeError(`canonical JSON cannot hold a ${typeof value}`);
}

function canonicalNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError('canonical JSON cannot hold a number that is not finite');
  return value === 0 ? '0' : String(value);
}

function canonicalString(value: string): string {
  if (PLAIN.test(value)) return `"${value}"`;
  if (!value.isWellFormed()) throw new TypeError('canonical JSON cannot hold a lone surrogate');
  return JSON.stringify(value);
}

function canonicalArray(items: readonly unknown[]): string {
  let text = '';
  for (const item of items) text += `${text === '' ? '' : ','}${canonicalJson(item)}`;
  return `[${text}]`;
}

function canonicalObject(members: Record<string, unknown>): string {
  let text = '';
  // Without a comparator, sort goes by UTF-16 code units: the order RFC 8785 section 3.2.3 asks for.
  for (const name of Object.keys(members).sort()) {
    const member = members[name];
    if (member !== undefined) text += `${text === '' ? '' : ','}${canonicalString(name)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}
