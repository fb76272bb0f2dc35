/**
 * The sockets of a listener: how many, how much each may ask at once, and how long an answer may wait to be read. Those that have
 * authenticated count apart, so that no stranger takes their place, not even one at the same address.
 */
import type { ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { IngressLimits } from '../limits.ts';
import type { Peer } from './source.ts';
import { stopListening } from './stop-listening.ts';

/** What sockets are kept with. */
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
  /** The TLS socket once its handshake is done. */
  socket: Socket;
  /** The caller that has authenticated on it; undefined for a stranger, and always for a trusted proxy. */
  owner: string | undefined;
  /** How many requests it has sent. */
  requests: number;
  /** Answers that are not written yet. */
  readonly answers: Set<ServerResponse>;
  /** The bytes that waited to be read at the last look, of so many written, and since when. */
  stalled: { readonly waiting: number; readonly written: number; readonly since: number } | undefined;
}

/** The slowest that a peer may read, in bytes a millisecond. */
const SLOWEST_READER = 4;

/** Keeps the sockets of one listener or several. */
export class Sockets {
  readonly #options: SocketOptions;
  readonly #visitors = new WeakMap<Socket, Visitor>();
  readonly #all = new Set<Visitor>();
  readonly #strangers = new Set<Visitor>();
  /** By network the strangers, by owner the others. */
  readonly #groups = new Map<string, Set<Visitor>>();

  constructor(options: SocketOptions) {
    this.#options = options;
  }

  /** How many are open. */
  get size(): number {
    return this.#all.size;
  }

  /** How many bytes wait to be read. */
  get unread(): number {
    return [...this.#all].reduce((total, visitor) => total + unreadOf(visitor), 0);
  }

  /** Counts every socket of a server from its first byte, TLS handshakes included. */
  attach(server: Server): void {
    server.on('connection', (socket: Socket) => this.#enter(socket));
    if (server instanceof TlsServer) this.#followHandshakes(server);
  }

  /** The TLS socket is another object than the one it began with: both have the peer's port, and are matched by it. */
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

  /** The visitor of a socket that `attach` has seen. */
  visitorOf(socket: Socket): Visitor {
    return this.#visitors.get(socket) ?? this.#enter(socket);
  }

  /** The answers of a socket that are not written yet; none of one that was never seen, such as one whose handshake failed. */
  answersOf(socket: Socket): readonly ServerResponse[] {
    return [...(this.#visitors.get(socket)?.answers ?? [])];
  }

  /**
   * Counts a request of a socket until `end`. False when too many are under way: then the socket is gone, and nothing more of what it
   * sent is looked at.
   */
  begin(visitor: Visitor, response: ServerResponse): boolean {
    visitor.requests += 1;
    visitor.answers.add(response);
    if (visitor.answers.size <= this.#options.limits.pipelined) return true;
    stopListening(visitor.socket);
    visitor.socket.destroy();
    return false;
  }

  /** The answer of a request is written, or its socket is gone. */
  end(visitor: Visitor, response: ServerResponse): void {
    visitor.answers.delete(response);
  }

  /** From now on the socket is its owner's, until `distrust`. */
  trust(visitor: Visitor, owner: string): void {
    if (visitor.owner === owner || visitor.peer.trusted || !this.#all.has(visitor)) return;
    this.#leaveGroup(visitor);
    visitor.owner = owner;
    const group = this.#joinGroup(visitor);
    if (group.size > this.#options.limits.owner_sockets) evict(group, visitor);
  }

  /** What it sent was not its owner's: it counts as a stranger's again. */
  distrust(visitor: Visitor): void {
    if (visitor.owner === undefined || !this.#all.has(visitor)) return;
    this.#leaveGroup(visitor);
    visitor.owner = undefined;
    this.#joinGroup(visitor);
  }

  /** Ends the sockets whose peers do not read what was written, and those for which too much is kept. */
  sweep(now: number): void {
    for (const visitor of this.#all) this.#look(visitor, now);
    const { network_unread_bytes, owner_unread_bytes, unread_bytes } = this.#options.limits;
    for (const group of this.#groups.values()) {
      const [{ peer, owner } = { peer: undefined, owner: undefined }] = group;
      if (peer?.trusted !== true) endUnread(group, owner === undefined ? network_unread_bytes : owner_unread_bytes);
    }
    endUnread(this.#all, unread_bytes);
  }

  /** Every answer that is not begun yet says that its socket ends with it. */
  announceEnd(): void {
    for (const { answers } of this.#all) for (const answer of answers) answer.shouldKeepAlive = false;
  }

  /** Ends the sockets that have not sent a byte. */
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

/** Ends those for whom most is kept, until no more than `most` bytes are. */
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

/** What waits to be read: of the answer that is being written, and of those behind it. */
function unreadOf({ socket, answers }: Visitor): number {
  let bytes = socket.writableLength;
  for (const answer of answers) if (answer.socket === null) bytes += answer.writableLength;
  return bytes;
}

function groupOf({ owner, peer }: Visitor): string {
  return owner === undefined ? `network ${peer.network}` : `owner ${owner}`;
}

/** Ends the socket that matters least: the oldest of those without a request under way, else the oldest of all. Sets keep their order. */
function evict(group: ReadonlySet<Visitor>, newest: Visitor): void {
  const others = [...group].filter((visitor) => visitor !== newest && !visitor.socket.destroyed);
  const victim = others.find(({ answers }) => answers.size === 0) ?? others[0];
  victim?.socket.destroy();
}
