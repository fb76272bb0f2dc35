/** Sixty sockets of strangers that ask for connections that do not exist, one request after the other's answer. */
import { attack, head, readTarget } from './sockets.ts';

const target = readTarget();
let asked = 0;

await attack(target, {
  sockets: 60,
  reads: true,
  begin: (socket, write) => {
    const ask = (): void => {
      asked += 1;
      write(Buffer.from(head(target, `GET /gateway/unknown-${asked}/x`), 'latin1'));
    };
    socket.on('data', ask);
    ask();
  },
});
