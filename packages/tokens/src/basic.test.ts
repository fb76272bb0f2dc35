import { describe, expect, test } from 'vitest';
import { parseBasic } from './basic.ts';

const basic = (pair: string | Buffer): string => `Basic ${Buffer.from(pair).toString('base64')}`;
const read = (header: string): [string, string] | undefined => {
  const found = parseBasic(header);
  return found && [found.client_id, found.client_secret.expose()];
};

describe('id and secret are read', () => {
  test.each<[string, string, [string, string]]>([
    ['as curl sends them', basic('agent-1:writ_cs_abc'), ['agent-1', 'writ_cs_abc']],
    ['form-urlencoded, as RFC 6749 says', basic('a%3Ab+c:s%2Bt%25'), ['a:b c', 's+t%']],
    ['with a colon in the secret', basic('a:b:c'), ['a', 'b:c']],
    ['with the scheme in another case', `bAsIc  ${Buffer.from('a:b').toString('base64')}`, ['a', 'b']],
    ['in UTF-8', basic('ä:%C3%B6'), ['ä', 'ö']],
  ])('%s', (_, header, wanted) => {
    expect(read(header)).toEqual(wanted);
  });
});

describe('nothing is read', () => {
  test.each<[string, string]>([
    ['from nothing', ''],
    ['from another scheme', `Bearer ${Buffer.from('a:b').toString('base64')}`],
    ['without credentials', 'Basic '],
    ['without a colon', basic('agent-1')],
    ['without an id', basic(':secret')],
    ['without a secret', basic('agent-1:')],
    ['from two headers joined', `${basic('a:b')}, ${basic('c:d')}`],
    ['from base64url', 'Basic YTo_Pz8_'],
    ['without padding', 'Basic YTpiYg'],
    ['with stray low bits', 'Basic YTpiYh=='],
    ['with a space in it', 'Basic YTpi Yg=='],
    ['from invalid UTF-8', basic(Buffer.from([0x61, 0x3a, 0xff]))],
    ['from a broken escape', basic('a:%zz')],
    ['from an escape that is no UTF-8', basic('a:%ff')],
    ['with a NUL', basic('a:b%00')],
    ['with a newline', basic('a\n:b')],
    ['from 5 kB', basic(`a:${'b'.repeat(5000)}`)],
  ])('%s', (_, header) => {
    expect(read(header)).toBeUndefined();
  });
});
