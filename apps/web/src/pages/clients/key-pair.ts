/** A key pair that was made in this browser: the public half as a client is registered with it, and the private one, to be shown once. */
export interface KeyPair {
  readonly jwk: Record<string, string>;
  readonly secret: string;
}

/** Makes a P-256 key pair. Nothing of it is sent, stored or kept here. */
export async function makeKeyPair(): Promise<KeyPair> {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const { kty = '', crv = '', x = '', y = '', d } = await crypto.subtle.exportKey('jwk', pair.privateKey);
  const jwk = { kty, crv, x, y, kid: crypto.randomUUID(), alg: 'ES256', use: 'sig' };
  return { jwk, secret: JSON.stringify({ ...jwk, d }) };
}
