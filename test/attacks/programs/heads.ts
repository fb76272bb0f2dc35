/** Heads of two thousand lines, sixteen on each of 400 sockets, from strangers. */
import { attack, head, readTarget } from './sockets.ts';

const target = readTarget();
const lines = Array.from({ length: 2_000 }, () => 'a: b');
const asking = Buffer.from(head(target, 'GET /api/v1/me', lines).repeat(16), 'latin1');

await attack(target, { sockets: 400, reads: false, begin: (_, write) => write(asking) });
