/** Makes Node's parser deaf to a socket that sends to harm. */
import type { Socket } from 'node:net';

/** What of Node's parser is used here. It is documented nowhere: where it is another, nothing is done to it. */
interface Parser {
  onIncoming?: unknown;
  constructor: { readonly kOnBody?: unknown };
  [callback: number]: unknown;
}

/**
 * Reads no more of a socket, and passes over what was read of it already. By itself Node's parser goes on with all of that, also when the
 * socket is gone: up to 64 KiB, which can be thousands of requests, or of chunks of one byte, of a few microseconds each. The socket
 * must be closed after the answer, if there is one, since nothing that comes on it is heard any more.
 */
export function stopListening(socket: Socket): void {
  socket.pause();
  // The request's stream, which knows nothing of this, asks for more.
  socket.on('resume', () => socket.pause());
  const parser: Parser | undefined = Reflect.get(socket, 'parser') ?? undefined;
  if (parser === undefined) return;
  // 2 says that what follows is no HTTP. Node itself sets this member anew for each socket.
  if ('onIncoming' in parser) parser.onIncoming = () => 2;
  const { kOnBody } = parser.constructor;
  if (typeof kOnBody !== 'number' || typeof parser[kOnBody] !== 'function') return;
  // This member stays with the parser, which Node uses again for another socket.
  const onBody = parser[kOnBody];
  parser[kOnBody] = undefined;
  socket.once('close', () => {
    parser[kOnBody] = onBody;
  });
}
