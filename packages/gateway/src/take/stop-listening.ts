/** How sockets end on which the peer may still be sending: nothing of that is parsed any more, and the last answer can be read. */
import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';

/** The part of Node's parser that is used here. It is not documented: where it looks different, nothing is done to it. */
interface Parser {
  onIncoming?: unknown;
  constructor: { readonly kOnBody?: unknown };
  [callback: number]: unknown;
}

/** What is thrown away of what a socket still sends; the rest stays unread. */
const MOST_DISCARDED = 16 * 1024 * 1024;

/** For how long the peer of a socket that ends may read its answer, milliseconds. */
const LINGER = 1_000;

const unheard = new WeakSet<Socket>();

/**
 * Throws away what comes on a socket, and passes over what was read of it already. The socket must be closed after the answer, if there
 * is one, since nothing that comes on it is read any more.
 */
export function stopListening(socket: Socket): void {
  if (socket.destroyed || unheard.has(socket)) return;
  unheard.add(socket);
  makeDeaf(socket);
  let left = MOST_DISCARDED;
  // Node reads for its parser past the socket's stream until there is a listener like this one; then by a listener of its own.
  socket.removeAllListeners('data').on('data', ({ length }: Buffer) => {
    left -= length;
    if (left < 0) socket.pause();
  });
  socket.resume();
  // Needed where Node had stopped reading for its parser: only this makes it read for the stream.
  socket._read(0);
}

/**
 * By itself Node's parser goes on with all that was read, also when the socket is gone: up to 64 KiB, which can be thousands of requests,
 * or of chunks of one byte, of a few microseconds each.
 */
function makeDeaf(socket: Socket): void {
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

/**
 * Ends a socket once what was written has left, and closes it when its peer has ended too, or after a second: a socket that is closed
 * while there are bytes that nobody has read is reset by the system, and then its peer may lose the answer.
 */
export function endGently(socket: Socket): void {
  const destroySoon = (): void => Socket.prototype.destroySoon.call(socket);
  if (socket.readableEnded) {
    destroySoon();
    return;
  }
  stopListening(socket);
  socket.once('end', destroySoon).end();
  const timer = setTimeout(() => socket.destroy(), LINGER).unref();
  socket.once('close', () => clearTimeout(timer));
}

/** Ends the socket of an answer once that is written; nothing more that comes on it is read. */
export function endAfter(response: ServerResponse): void {
  const { socket } = response.req;
  stopListening(socket);
  response.shouldKeepAlive = false;
  if (response.closed) endGently(socket);
  // An answer that was begun before may not say that it is the last, and Node then keeps the socket.
  else response.once('close', () => endGently(socket));
}
