import { domainToASCII } from 'node:url';

/**
 * Spells a host name in the one form in which names are compared: lower case, A-labels (RFC 5891), no trailing dot; a leading `*.` stays.
 * `undefined` for a text that is no host name.
 */
export function canonicalHostName(text: string): string | undefined {
  if (/[\s/\\:@?#%[\]]/.test(text)) return undefined;
  const wildcard = text.startsWith('*.');
  const ascii = domainToASCII(wildcard ? text.slice(2) : text).replace(/\.$/, '');
  if (!/^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/.test(ascii)) return undefined;
  return wildcard ? `*.${ascii}` : ascii;
}

/** Tells whether two canonical names can answer for one host: they are equal, or one is a wildcard that covers the other. */
export function overlap(a: string, b: string): boolean {
  return a === b || covers(a, b) || covers(b, a);
}

/** A wildcard is taken to cover any depth. Providers promise less, so this never covers too little. */
function covers(wildcard: string, name: string): boolean {
  return wildcard.startsWith('*.') && name.endsWith(wildcard.slice(1));
}
