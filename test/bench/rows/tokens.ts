/**
 * Minting and verifying access tokens without HTTP and database, against jose doing the same.
 *
 * How: in this process, one after the other. Remembered: a token verified before, whose expiry is checked again.
 *
 * What it does not show: revocation, grants and everything else that a request costs.
 */
import type { Bench } from '../bench.ts';
import { count, type Row } from '../report.ts';
import { measureTokens } from '../tokens.ts';

/** Measures the three. */
export async function tokensRow({ quick }: Bench): Promise<readonly Row[]> {
  const rates = await measureTokens(quick ? 300 : 1000);
  const row = (work: string, [ours, theirs]: readonly [number, number]): Row => ({
    work,
    value: `${count(ours)}/s`,
    against: 'jose',
    baseline: `${count(theirs)}/s`,
    ratio: ours / theirs,
    goal: '',
    note: 'the cryptography and the claims alone',
    numbers: { writ: ours, jose: theirs },
  });
  return [
    row('sign an access token', [rates.mint, rates.mint_jose]),
    row('verify an access token', [rates.verify, rates.verify_jose]),
    row('verify one seen before', [rates.verify_remembered, rates.verify_jose]),
  ];
}
