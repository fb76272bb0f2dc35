/** Fifty sockets that pipeline requests to be refused, and never read a byte of what is answered. */
import { attack, head, readTarget } from './sockets.ts';

const target = readTarget();
const request = head(target, 'GET /gateway/railway/x', ['Authorization: Bearer nothing']);
const batch = Buffer.from(request.repeat(1_000), 'latin1');

await attack(target, {
  sockets: 50,
  reads: false,
  begin: (socket, write) => {
    const more = (): void => {
      while (!socket.destroyed && socket.writableLength < batch.length && write(batch));
    };
    socket.on('drain', more);
    more();
  },
});
