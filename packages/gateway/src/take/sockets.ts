/**
 * The sockets of a listener: how many there may be, how many requests each may have at once, and how long an answer may stay unread.
 * Authenticated sockets are counted separately, so that no stranger takes their place, not even from the same address.
 */
import type { ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { IngressLimits } from '../limits.ts';
import type { Peer } from './source.ts';
import { stopListening } from './stop-listening.ts';

/** The options of `Sockets`. */
export interface SocketOptions {
  readonly limits: Pick<
    IngressLimits,
    | 'sockets'
    | 'network_sockets'
    | 'owner_sockets'
    | 'pipelined'
    | 'write_ms'
    | 'network_unread_bytes'
    | 'owner_unread_bytes'
    | 'unread_bytes'
  >;
  readonly peerOf: (socket: Socket) => Peer;
}

/** One socket, while it is open. */
export interface Visitor {
  readonly peer: Peer;
  /** The socket; after a TLS handshake, the TLS socket. */
  socket: Socket;
  /** The client or user that has authenticated on it; undefined for a stranger, and always for a trusted proxy. */
  owner: string | undefined;
  /** The number of requests that were sent on it. */
  requests: number;
  /** The answers that are not written yet. */
  readonly answers: Set<ServerResponse>;
  /** At the last check: how many bytes were unread, how many were written in all, and since when some are unread. */
  stalled: { readonly waiting: number; readonly written: number; readonly since: number } | undefined;
}

/** The slowest speed at which a peer may read, in bytes a millisecond. */
const SLOWEST_READER = 4;

/** The sockets of one or several listeners. */
export class Sockets {
  readonly #options: SocketOptions;
  readonly #visitors = new WeakMap<Socket, Visitor>();
  readonly #all = new Set<Visitor>();
  readonly #strangers = new Set<Visitor>();
  /** The sockets by group: strangers by network, the others by owner. */
  readonly #groups = new Map<string, Set<Visitor>>();

  constructor(options: SocketOptions) {
    this.#options = options;
  }

  /** The number of open sockets. */
  get size(): number {
    return this.#all.size;
  }

  /** The number of written bytes that are not read yet. */
  get unread(): number {
    return [...this.#all].reduce((total, visitor) => total + unreadOf(visitor), 0);
  }

  /** Counts every socket of a server from its first byte, TLS handshakes included. */
  attach(server: Server): void {
    server.on('connection', (socket: Socket) => this.#enter(socket));
    if (server instanceof TlsServer) this.#followHandshakes(server);
  }

  /**
   * Replaces each socket by its TLS socket when the handshake is done. The two are different objects, and are matched by the peer's port.
   */
  #followHandshakes(server: TlsServer): void {
    const begun = new Map<string, Visitor>();
    const nameOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;
    server.on('connection', (socket: Socket) => {
      const name = nameOf(socket);
      begun.set(name, this.visitorOf(socket));
      socket.once('close', () => begun.delete(name));
    });
    server.on('secureConnection', (socket: Socket) => {
      const visitor = begun.get(nameOf(socket));
      if (visitor === undefined) return;
      visitor.socket = socket;
      this.#visitors.set(socket, visitor);
    });
  }

  /** Returns the visitor of a socket that `attach` has seen. */
  visitorOf(socket: Socket): Visitor {
    return this.#visitors.get(socket) ?? this.#enter(socket);
  }

  /**
   * Returns the answers of a socket that are not written yet; none for a socket that was never seen, such as one whose handshake failed.
   */
  answersOf(socket: Socket): readonly ServerResponse[] {
    return [...(this.#visitors.get(socket)?.answers ?? [])];
  }

  /**
   * Counts a request of a socket until `end`. Returns false if too many are under way: the socket is then destroyed, and nothing more from
   * it is read.
   */
  begin(visitor: Visitor, response: ServerResponse): boolean {
    visitor.requests += 1;
    visitor.answers.add(response);
    if (visitor.answers.size <= this.#options.limits.pipelined) return true;
    stopListening(visitor.socket);
    visitor.socket.destroy();
    return false;
  }

  /** Called when the answer of a request is written or its socket is gone. */
  end(visitor: Visitor, response: ServerResponse): void {
    visitor.answers.delete(response);
  }

  /** Counts the socket as the owner's, until `distrust`. */
  trust(visitor: Visitor, owner: string): void {
    if (visitor.owner === owner || visitor.peer.trusted || !this.#all.has(visitor)) return;
    this.#leaveGroup(visitor);
    visitor.owner = owner;
    const group = this.#joinGroup(visitor);
    if (group.size > this.#options.limits.owner_sockets) evict(group, visitor);
  }

  /** Counts the socket as a stranger's again, because something on it was not its owner's. */
  distrust(visitor: Visitor): void {
    if (visitor.owner === undefined || !this.#all.has(visitor)) return;
    this.#leaveGroup(visitor);
    visitor.owner = undefined;
    this.#joinGroup(visitor);
  }

  /** Ends the sockets whose peers do not read, and those with too many unread bytes. */
  sweep(now: number): void {
    for (const visitor of this.#all) this.#look(visitor, now);
    const { network_unread_bytes, owner_unread_bytes, unread_bytes } = this.#options.limits;
    for (const group of this.#groups.values()) {
      const [{ peer, owner } = { peer: undefined, owner: undefined }] = group;
      if (peer?.trusted !== true) endUnread(group, owner === undefined ? network_unread_bytes : owner_unread_bytes);
    }
    endUnread(this.#all, unread_bytes);
  }

  /** Makes every answer that has not begun yet say that its socket ends. */
  announceEnd(): void {
    for (const { answers } of this.#all) for (const answer of answers) answer.shouldKeepAlive = false;
  }

  /** Ends the sockets on which no byte has come. */
  closeSilent(): void {
    for (const { socket, requests } of this.#all) if (requests === 0 && socket.bytesRead === 0) socket.destroy();
  }

  #enter(socket: Socket): Visitor {
    const peer = this.#options.peerOf(socket);
    const visitor: Visitor = { peer, socket, owner: undefined, requests: 0, answers: new Set(), stalled: undefined };
    this.#visitors.set(socket, visitor);
    this.#all.add(visitor);
    const group = this.#joinGroup(visitor);
    socket.once('close', () => {
      this.#all.delete(visitor);
      this.#leaveGroup(visitor);
    });
    const { sockets, network_sockets } = this.#options.limits;
    if (!peer.trusted && group.size > network_sockets) evict(group, visitor);
    else if (this.#strangers.size > sockets) evict(this.#strangers, visitor);
    return visitor;
  }

  #joinGroup(visitor: Visitor): Set<Visitor> {
    if (visitor.owner === undefined && !visitor.peer.trusted) this.#strangers.add(visitor);
    const key = groupOf(visitor);
    const group = this.#groups.get(key) ?? new Set();
    this.#groups.set(key, group.add(visitor));
    return group;
  }

  #leaveGroup(visitor: Visitor): void {
    this.#strangers.delete(visitor);
    const key = groupOf(visitor);
    const group = this.#groups.get(key);
    group?.delete(visitor);
    if (group?.size === 0) this.#groups.delete(key);
  }

  #look(visitor: Visitor, now: number): void {
    const { writableLength: waiting, bytesWritten: written } = visitor.socket;
    const last = visitor.stalled;
    if (waiting === 0) visitor.stalled = undefined;
    else if (last?.waiting !== waiting || last.written !== written) visitor.stalled = { waiting, written, since: now };
    else if (now - last.since > this.#options.limits.write_ms + waiting / SLOWEST_READER) visitor.socket.destroy();
  }
}

/** Ends the sockets with most unread bytes, until the group has at most `most` of them. */
function endUnread(group: ReadonlySet<Visitor>, most: number): void {
  const kept = [...group].map((visitor) => ({ visitor, bytes: unreadOf(visitor) })).filter(({ bytes }) => bytes > 0);
  let sum = kept.reduce((total, { bytes }) => total + bytes, 0);
  if (sum <= most) return;
  for (const { visitor, bytes } of kept.sort((a, b) => b.bytes - a.bytes)) {
    visitor.socket.destroy();
    sum -= bytes;
    if (sum <= most) return;
  }
}

/** Returns how many bytes are unread, of the answer that is being written and of those behind it. */
function unreadOf({ socket, answers }: Visitor): number {
  let bytes = socket.writableLength;
  for (const answer of answers) if (answer.socket === null) bytes += answer.writableLength;
  return bytes;
}

function groupOf({ owner, peer }: Visitor): string {
  return owner === undefined ? `network ${peer.network}` : `owner ${owner}`;
}

/**
 * Ends the oldest socket without a request under way, or else the oldest of all. A `Set` keeps the order in which its members were added.
 */
function evict(group: ReadonlySet<Visitor>, newest: Visitor): void {
  const others = [...group].filter((visitor) => visitor !== newest && !visitor.socket.destroyed);
  const victim = others.find(({ answers }) => answers.size === 0) ?? others[0];
  victim?.socket.destroy();
}
