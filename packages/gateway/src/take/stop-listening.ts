/** The end of a socket on which the peer may still be sending: the rest is not parsed, and the peer can read the last answer. */
import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';

/** The part of Node's parser that is used here. It is not documented: if it has another shape, it is left alone. */
interface Parser {
  onIncoming?: unknown;
  constructor: { readonly kOnBody?: unknown };
  [callback: number]: unknown;
}

/** The most bytes that are read from an ending socket and thrown away; more of them stay unread. */
const MOST_DISCARDED = 16 * 1024 * 1024;

/** The time in which the peer of an ending socket can read its answer, in milliseconds. */
const LINGER = 1_000;

const unheard = new WeakSet<Socket>();

/**
 * Throws away everything that still comes on a socket, also what was read but not parsed yet. The caller must close the socket after the
 * answer, since no further request on it is read.
 */
export function stopListening(socket: Socket): void {
  if (socket.destroyed || unheard.has(socket)) return;
  unheard.add(socket);
  makeDeaf(socket);
  let left = MOST_DISCARDED;
  // Node's parser reads the socket directly, without its stream, until there is a `data` listener; then it uses a listener of its own.
  socket.removeAllListeners('data').on('data', ({ length }: Buffer) => {
    left -= length;
    if (left < 0) socket.pause();
  });
  socket.resume();
  // Needed if Node had stopped reading for its parser: only this call makes it read for the stream.
  socket._read(0);
}

/**
 * Makes the parser ignore the rest. By itself it continues with everything that was read, even if the socket is gone: up to 64 KiB, which
 * can be thousands of requests or of one-byte chunks, each of which takes microseconds.
 */
function makeDeaf(socket: Socket): void {
  const parser: Parser | undefined = Reflect.get(socket, 'parser') ?? undefined;
  if (parser === undefined) return;
  // 2 tells the parser that no HTTP follows. Node itself sets this member again for each socket.
  if ('onIncoming' in parser) parser.onIncoming = () => 2;
  const { kOnBody } = parser.constructor;
  if (typeof kOnBody !== 'number' || typeof parser[kOnBody] !== 'function') return;
  // This member must be restored, since Node uses the parser again for another socket.
  const onBody = parser[kOnBody];
  parser[kOnBody] = undefined;
  socket.once('close', () => {
    parser[kOnBody] = onBody;
  });
}

/**
 * Ends a socket after everything written has left, and closes it when the peer has ended too, or after a second. The system resets a socket
 * that is closed with unread bytes, and then the peer may lose the answer.
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

/** Ends the socket of an answer when that is written; nothing more on it is read. */
export function endAfter(response: ServerResponse): void {
  const { socket } = response.req;
  stopListening(socket);
  response.shouldKeepAlive = false;
  if (response.closed) endGently(socket);
  // An answer that had begun before does not say that it is the last, so Node would keep the socket.
  else response.once('close', () => endGently(socket));
}
