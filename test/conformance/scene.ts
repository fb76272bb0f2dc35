/** What foreign libraries are tried on: a real broker, a client with a secret, a client with a key, and what each of them is. */
import { generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import { type CryptoKey, importPKCS8 } from 'jose';
import { openScene, readStaging, type Scene, type SceneOptions } from '../support/scene.ts';

/** A client that proves itself with a key of its own. */
export interface KeyedClient {
  readonly client_id: string;
  readonly privateKey: KeyObject;
  /** The private key as a JWK, with its `kid`. */
  readonly jwk: JsonWebKey & { readonly kid: string; readonly alg: 'ES256' };
  /** The same as libraries on Web Crypto take it: it cannot be exported. */
  readonly proof: { readonly key: CryptoKey; readonly kid: string };
}

/** The scene. */
export interface ConformanceScene extends Scene {
  readonly issuer: string;
  /** The `aud` of tokens for the gateway. */
  readonly audience: string;
  readonly keyed: KeyedClient;
  /** A token of the agent; with other parameters where given. */
  accessToken(fields?: Readonly<Record<string, string>>): Promise<string>;
  /** Whether the gateway takes a bearer token: asks it to read staging. */
  isTaken(token: string): Promise<boolean>;
}

/** Opens it. */
export async function openConformance(options: SceneOptions = {}): Promise<ConformanceScene> {
  const scene = await openScene(options);
  const issuer = scene.broker.url;
  return {
    ...scene,
    issuer,
    audience: `${issuer}/gateway`,
    keyed: await addKeyed(scene),
    accessToken: async (fields) => (await scene.token(scene.agent, fields)).access_token,
    isTaken: async (token) => (await scene.graphql(token, readStaging())).status === 200,
  };
}

async function addKeyed(scene: Scene): Promise<KeyedClient> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const client_id = 'keyed';
  const known = { kid: 'fake-key', alg: 'ES256' as const };
  const { kty = '', crv = '', x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const auth = { method: 'private_key_jwt' as const, jwks: { keys: [{ kty, crv, x, y, ...known }] } };
  await scene.client(undefined, { client_id, auth });
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const proof = { key: await importPKCS8(pem, 'ES256'), kid: known.kid };
  return { client_id, privateKey, proof, jwk: { ...privateKey.export({ format: 'jwk' }), ...known } };
}

/** Where a verifier that knows nothing but the issuer finds its keys. */
export async function discoverJwksUri(issuer: string): Promise<string> {
  const response = await fetch(`${issuer}/.well-known/oauth-authorization-server`);
  const { jwks_uri } = (await response.json()) as { jwks_uri: string };
  return jwks_uri;
}

/** The token with one character of its signature changed. */
export function tampered(token: string): string {
  const at = token.lastIndexOf('.') + 10;
  return `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
}
