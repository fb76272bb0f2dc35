/** Sixty sockets of strangers that pipeline a thousand GETs each, for connections that do not exist, and read what is answered. */
import { attack, head, readTarget } from './sockets.ts';

const target = readTarget();
const batch = Buffer.from(
  Array.from({ length: 1_000 }, (_, n) => head(target, `GET /gateway/unknown-${n}/x`)).join(''),
  'latin1',
);

await attack(target, { sockets: 60, reads: true, begin: (_, write) => void write(batch) });
