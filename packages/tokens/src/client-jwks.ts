import { createPublicKey } from 'node:crypto';
import { type FieldProblem, isJsonObject, type JsonObject } from '@writ/core';

/** The algorithms accepted in client assertions (model#client-authentication). Ed25519 has two names, and both are accepted. */
export const CLIENT_ALGORITHMS = ['ES256', 'EdDSA', 'Ed25519', 'PS256', 'RS256'] as const;
export type ClientAlgorithm = (typeof CLIENT_ALGORITHMS)[number];

/** A registered public key of a client, with the members of the key only. */
export type ClientJwk = {
  readonly kty: string;
  readonly kid: string;
  readonly alg?: string;
  readonly crv?: string;
  readonly x?: string;
  readonly y?: string;
  readonly n?: string;
  readonly e?: string;
};

/** The registered keys of a client. */
export type ClientJwks = { readonly keys: readonly ClientJwk[] };

/** The result of the check: the keys to store, or their problems. */
export type ClientJwksCheck =
  | { readonly jwks: ClientJwks; readonly problems: readonly [] }
  | { readonly jwks?: never; readonly problems: readonly FieldProblem[] };

const MAX_KEYS = 8;
const RSA_BITS = { least: 2048, most: 8192 };
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** For each kind of key: its members (in base64url), its curve, and the algorithms with which it may sign. */
const KINDS: Readonly<Record<string, { members: readonly string[]; curve?: string; algorithms: readonly string[] }>> = {
  EC: { members: ['x', 'y'], curve: 'P-256', algorithms: ['ES256'] },
  OKP: { members: ['x'], curve: 'Ed25519', algorithms: ['EdDSA', 'Ed25519'] },
  RSA: { members: ['n', 'e'], algorithms: ['PS256', 'RS256'] },
};

/** Tells whether a registered key can make signatures of an algorithm. */
export function keyFits(jwk: ClientJwk, alg: ClientAlgorithm): boolean {
  const algorithms = kindOf(jwk.kty)?.algorithms ?? [];
  if (!algorithms.includes(alg)) return false;
  return jwk.alg === undefined || sameAlgorithm(jwk.alg, alg);
}

/**
 * Checks the JWKS with which a client will be registered: 1 to 8 public keys with different `kid`s, of P-256, Ed25519 or RSA with 2048 to
 * 8192 bits. `field` is its place in the body. Problems never quote key material.
 */
export function checkClientJwks(value: unknown, field: string): ClientJwksCheck {
  const keys = isJsonObject(value) ? value['keys'] : undefined;
  if (!Array.isArray(keys))
    return { problems: [{ field, problem: 'must be a JWK Set: an object with an array `keys`' }] };
  if (keys.length < 1 || keys.length > MAX_KEYS) {
    return {
      problems: [{ field: `${field}.keys`, problem: `must hold 1 to ${MAX_KEYS} keys`, found: String(keys.length) }],
    };
  }
  const checked = keys.map((key: unknown, index) => checkKey(key, `${field}.keys.${index}`));
  const problems = [...checked.flatMap((result) => result.problems), ...repeatedKids(keys, field)];
  if (problems.length > 0) return { problems };
  return { jwks: { keys: checked.flatMap((result) => result.jwk ?? []) }, problems: [] };
}

interface KeyCheck {
  readonly jwk?: ClientJwk;
  readonly problems: readonly FieldProblem[];
}

function checkKey(key: unknown, field: string): KeyCheck {
  if (!isJsonObject(key)) return { problems: [{ field, problem: 'must be a JWK: an object' }] };
  const secret = PRIVATE_MEMBERS.filter((member) => Object.hasOwn(key, member));
  if (secret.length > 0) return { problems: secret.map((member) => privateMember(`${field}.${member}`)) };
  const kind = kindOf(key['kty']);
  if (!kind) {
    return {
      problems: [
        { field: `${field}.kty`, problem: 'must be EC (P-256), OKP (Ed25519) or RSA', ...foundOf(key['kty']) },
      ],
    };
  }
  const problems = [...namingProblems(key, field), ...materialProblems(key, field)];
  return problems.length > 0 ? { problems } : { jwk: publicMembers(key), problems };
}

function privateMember(field: string): FieldProblem {
  return {
    field,
    problem: 'is private key material: register the public half only, and replace this key, for it has left its owner',
  };
}

/** Returns the problems of the members that name the key or say its purpose. */
function namingProblems(key: JsonObject, field: string): FieldProblem[] {
  const { kid, alg, use } = key;
  const problems: FieldProblem[] = [];
  if (typeof kid !== 'string' || kid.length < 1 || kid.length > 200) {
    problems.push({
      field: `${field}.kid`,
      problem: 'must be text of 1 to 200 characters, naming the key within the set',
    });
  }
  const algorithms = kindOf(key['kty'])?.algorithms ?? [];
  if (alg !== undefined && !(typeof alg === 'string' && algorithms.includes(alg))) {
    problems.push({
      field: `${field}.alg`,
      problem: `must be ${algorithms.join(' or ')} for this key, or left out`,
      ...foundOf(alg),
    });
  }
  if (use !== undefined && use !== 'sig')
    problems.push({ field: `${field}.use`, problem: 'must be sig, or left out', ...foundOf(use) });
  const operations = key['key_ops'];
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) {
    problems.push({ field: `${field}.key_ops`, problem: 'must include verify, or be left out' });
  }
  return problems;
}

/** Returns the problems of the key itself. */
function materialProblems(key: JsonObject, field: string): FieldProblem[] {
  const kind = kindOf(key['kty']);
  if (kind?.curve !== undefined && key['crv'] !== kind.curve) {
    return [{ field: `${field}.crv`, problem: `must be ${kind.curve}`, ...foundOf(key['crv']) }];
  }
  const missing = (kind?.members ?? []).filter((member) => !isBase64Url(key[member]));
  if (missing.length > 0) {
    return missing.map((member) => ({ field: `${field}.${member}`, problem: 'must be base64url without padding' }));
  }
  const bits = modulusBits(key);
  if (bits === undefined) return [{ field, problem: 'is not a usable public key' }];
  if (key['kty'] !== 'RSA') return [];
  if (bits < RSA_BITS.least || bits > RSA_BITS.most) {
    return [
      { field: `${field}.n`, problem: `must have ${RSA_BITS.least} to ${RSA_BITS.most} bits`, found: `${bits} bits` },
    ];
  }
  // Other exponents are weak, or costly to verify.
  return key['e'] === 'AQAB' ? [] : [{ field: `${field}.e`, problem: 'must be AQAB (65537)' }];
}

/**
 * Returns the bits of an RSA modulus, 0 for another kind of key; undefined if Node cannot read the key, also if its point is not on the
 * curve.
 */
function modulusBits(key: JsonObject): number | undefined {
  try {
    const jwk = Object.fromEntries(
      Object.entries(publicMembers(key)).filter(([name]) => name !== 'kid' && name !== 'alg'),
    );
    return createPublicKey({ key: jwk, format: 'jwk' }).asymmetricKeyDetails?.modulusLength ?? 0;
  } catch {
    return undefined;
  }
}

function repeatedKids(keys: readonly unknown[], field: string): FieldProblem[] {
  const kids = keys.map((key) => (isJsonObject(key) ? key['kid'] : undefined));
  return kids.flatMap((kid, index) =>
    kid !== undefined && kids.indexOf(kid) < index
      ? [{ field: `${field}.keys.${index}.kid`, problem: 'is the kid of another key of the set', ...foundOf(kid) }]
      : [],
  );
}

function publicMembers(key: JsonObject): ClientJwk {
  const kind = kindOf(key['kty']);
  const members = ['kty', 'kid', 'alg', ...(kind?.curve ? ['crv'] : []), ...(kind?.members ?? [])];
  const texts = members.flatMap((name) => (typeof key[name] === 'string' ? [[name, key[name]] as const] : []));
  const { kty = '', kid = '', ...rest } = Object.fromEntries<string>(texts);
  return { kty, kid, ...rest };
}

function kindOf(kty: unknown) {
  return typeof kty === 'string' && Object.hasOwn(KINDS, kty) ? KINDS[kty] : undefined;
}

function sameAlgorithm(a: string, b: string): boolean {
  const isEd25519 = (name: string): boolean => name === 'EdDSA' || name === 'Ed25519';
  return a === b || (isEd25519(a) && isEd25519(b));
}

function isBase64Url(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && Buffer.from(value, 'base64url').toString('base64url') === value;
}

function foundOf(value: unknown): { found?: string } {
  return typeof value === 'string' ? { found: value.slice(0, 100) } : {};
}
