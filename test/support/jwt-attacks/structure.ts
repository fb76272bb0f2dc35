import { encodePart, type JwtAttack, type SampleJwt, signEs256 } from './jwt.ts';

/** What is not three segments, or is too large. */
export function structureAttacks({ header, payload, privateKey }: SampleJwt): JwtAttack[] {
  const token = signEs256({ header, payload }, privateKey);
  const [head = '', body = '', signature = ''] = token.split('.');
  const jweHeader = { alg: 'PBES2-HS256+A128KW', enc: 'A128CBC-HS256', p2c: 2_147_483_647, p2s: 'AAAA' };
  return [
    ['nothing', ''],
    ['one segment', head],
    ['two segments', `${head}.${body}`],
    ['an empty header', `.${body}.${signature}`],
    ['an empty payload', `${head}..${signature}`],
    ['two dots', '..'],
    ['three dots', '...'],
    ['four segments', `${token}.${signature}`],
    ['a trailing dot', `${token}.`],
    ['a trailing newline', `${token}\n`],
    ['a trailing CRLF', `${token}\r\n`],
    ['a trailing space', `${token} `],
    ['a leading space', ` ${token}`],
    ['a trailing NUL', `${token}\0`],
    ['a scheme in front', `Bearer ${token}`],
    ['a token twice', `${token},${token}`],
    ['JSON serialisation', JSON.stringify({ protected: head, payload: body, signature })],
    ['a JWE of five segments with a huge p2c', `${encodePart(jweHeader)}.AAAA.AAAA.AAAA.AAAA`],
    ['a JWS whose header is of a JWE', signEs256({ header: { ...header, ...jweHeader }, payload }, privateKey)],
    ['a JWT in a JWT', signEs256({ header, payload: token }, privateKey)],
    ['a payload of 1 MB', signEs256({ header, payload: { ...payload, filler: 'x'.repeat(1_000_000) } }, privateKey)],
    ['a payload just too large', signEs256({ header, payload: { ...payload, filler: 'x'.repeat(6200) } }, privateKey)],
    ['a signature of 1 MB', `${head}.${body}.${'A'.repeat(1_000_000)}`],
    ['a million dots', '.'.repeat(1_000_000)],
  ];
}

/** Other spellings of the same bytes. */
export function encodingAttacks({ header, payload, privateKey }: SampleJwt): JwtAttack[] {
  const token = tokenWithUrlCharacters({ header, payload, privateKey });
  const [head = '', body = '', signature = ''] = token.split('.');
  const padded = (text: string): string => text + '='.repeat((4 - (text.length % 4)) % 4 || 4);
  const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.indexOf(signature.slice(-1));
  const stray = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.charAt(last ^ 1);
  return [
    ['padding after the header', `${padded(head)}.${body}.${signature}`],
    ['padding after the payload', `${head}.${padded(body)}.${signature}`],
    ['padding after the signature', `${head}.${body}.${padded(signature)}`],
    ['the plain base64 alphabet', `${head}.${body}.${signature.replaceAll('-', '+').replaceAll('_', '/')}`],
    ['stray low bits in the signature', `${head}.${body}.${signature.slice(0, -1)}${stray}`],
    ['a newline in the signature', `${head}.${body}.${signature.slice(0, 40)}\n${signature.slice(40)}`],
    ['a space in the payload', `${head}.${body.slice(0, 8)} ${body.slice(8)}.${signature}`],
    ['a full-width letter', `${head}.${body}.${signature.slice(0, -1)}\uff21`],
    ['a percent escape', `${head}%2e${body}.${signature}`],
    ['a lone character', `${head}.${body}.A`],
  ];
}

/** Signs until the signature holds a character in which the two alphabets differ. */
function tokenWithUrlCharacters(sample: SampleJwt): string {
  const token = signEs256(sample, sample.privateKey);
  return /[-_]/.test(token.slice(token.lastIndexOf('.'))) ? token : tokenWithUrlCharacters(sample);
}
