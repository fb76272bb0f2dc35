/** A client that asks for a hundred tokens at once, each for 200 operations that do not exist. */
import { attackInTurn, post, readTarget } from './sockets.ts';

const target = readTarget();
const operations = Array.from({ length: 200 }, (_, index) => `projectEnvironmentsDomainsCreateX${index}`);
const details = [{ type: 'writ', connection: 'railway', environments: ['staging'], operations }];
const body = new URLSearchParams({
  grant_type: 'client_credentials',
  authorization_details: JSON.stringify(details),
}).toString();
const lines = [
  `Authorization: Basic ${Buffer.from(target.client ?? '').toString('base64')}`,
  'Content-Type: application/x-www-form-urlencoded',
];

await attackInTurn(target, 100, () => post(target, '/oauth/token', { lines, body }));
