/** A narrow token whose calls carry a cookie of 15 KiB, made to be hard to look through. */
import { attackInTurn, post, readTarget } from './sockets.ts';

const target = readTarget();
const lines = [
  `Authorization: Bearer ${target.token ?? ''}`,
  'Content-Type: application/json',
  `Cookie: ${' writ'.repeat(2_900)}`,
];
const body = JSON.stringify({ query: 'query Bench { environment(id: "e_staging") { id name } }' });

await attackInTurn(target, 100, () => post(target, '/gateway/railway/graphql/v2', { lines, body }));
