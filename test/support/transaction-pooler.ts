/** A pooler in transaction mode, as small as can be: each transaction is lent another connection of the server than the one before. */
import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';

/** A pooler that listens. */
export interface Pooler {
  readonly url: string;
  /** How many transactions each connection of the server was lent for. */
  readonly lent: () => readonly number[];
  readonly close: () => Promise<void>;
}

/** How it is set up: what is said on each connection of the server first, and whether it refuses startup parameters as PgBouncer does. */
export interface PoolerOptions {
  readonly url: string;
  readonly leaked: readonly string[];
  readonly refuses?: boolean;
}

/** The parameters that PgBouncer takes. */
const TAKEN = [
  'user',
  'database',
  'client_encoding',
  'application_name',
  'DateStyle',
  'TimeZone',
  'standard_conforming_strings',
];

/** A connection of the server, and what it is lent for. */
interface Lent {
  readonly socket: Socket;
  client: Socket | undefined;
  /** Messages that are still to be answered by ReadyForQuery. */
  pending: number;
  count: number;
}

/** Starts a pooler for the database of `url`. */
export async function startPooler({ url, leaked, refuses = true }: PoolerOptions): Promise<Pooler> {
  const servers = await Promise.all(leaked.map((text) => connectServer(url, text)));
  const waiting: (() => void)[] = [];
  let last = -1;
  const free = (): Lent | undefined => {
    const order = servers.map((_, index) => servers[(last + 1 + index) % servers.length]);
    return order.find((server) => server?.client === undefined);
  };
  const lend = async (client: Socket): Promise<Lent> => {
    for (let server = free(); ; server = free()) {
      if (server === undefined) await new Promise<void>((resolve) => waiting.push(resolve));
      else {
        last = servers.indexOf(server);
        server.client = client;
        server.count += 1;
        return server;
      }
    }
  };
  for (const server of servers) {
    framesOf(server.socket, (type, frame) => {
      const { client } = server;
      client?.write(frame);
      if (type !== 'Z') return;
      server.pending -= 1;
      if (server.pending > 0 || frame[5] !== 0x49) return;
      server.client = undefined;
      waiting.shift()?.();
    });
  }
  const clients = new Set<Socket>();
  const listener = createServer({ noDelay: true }, (client) => {
    clients.add(client);
    client.on('close', () => clients.delete(client));
    client.on('error', () => client.destroy());
    greet(client, { refuses, onMessage: serveClient(client, { servers, lend }) });
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const at = new URL(url);
  const address = listener.address();
  at.host = `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  return {
    url: at.href,
    lent: () => servers.map(({ count }) => count),
    close: async () => {
      for (const socket of [...clients, ...servers.map((server) => server.socket)]) socket.destroy();
      listener.close();
    },
  };
}

type OnMessage = (type: string, frame: Buffer) => void;

/** One message after the other: those of one client are never sent before it was lent a connection. */
function serveClient(
  client: Socket,
  pool: { readonly servers: readonly Lent[]; readonly lend: (client: Socket) => Promise<Lent> },
): OnMessage {
  let before: Promise<void> = Promise.resolve();
  return (type, frame) => {
    if (type === 'X') {
      client.end();
      return;
    }
    before = before.then(async () => {
      const server = pool.servers.find((one) => one.client === client) ?? (await pool.lend(client));
      if (type === 'Q' || type === 'S') server.pending += 1;
      server.socket.write(frame);
    });
  };
}

/** Answers TLS with no, then the startup as a pooler does: with a process id of its own making. */
function greet(
  client: Socket,
  { refuses, onMessage }: { readonly refuses: boolean; readonly onMessage: OnMessage },
): void {
  client.once('data', (startup: Buffer) => {
    if (startup.readUInt32BE(4) === 80877103) {
      greet(client, { refuses, onMessage });
      client.write('N');
      return;
    }
    const texts = startup.subarray(8).toString().split('\0');
    const names = texts.filter((text, index) => index % 2 === 0 && text !== '');
    const odd = refuses ? names.find((name) => !TAKEN.includes(name)) : undefined;
    if (odd !== undefined) {
      client.end(message('E', `SFATAL\0C08P01\0Munsupported startup parameter: ${odd}\0\0`));
      return;
    }
    framesOf(client, onMessage);
    client.write(Buffer.concat([message('R', '\0\0\0\0'), message('K', '\0\0\0\x07made'), message('Z', 'I')]));
  });
}

async function connectServer(url: string, leaked: string): Promise<Lent> {
  const { hostname, port, username, pathname } = new URL(url);
  const socket = createConnection({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  const body = Buffer.from(
    `\0\x03\0\0user\0${decodeURIComponent(username)}\0database\0${pathname.slice(1)}\0\0`,
    'latin1',
  );
  const ready = (): Promise<unknown> =>
    new Promise((resolve) => {
      const look = (bytes: Buffer): void => {
        if (!bytes.subarray(-6).equals(Buffer.from('Z\0\0\0\x05I', 'latin1'))) return;
        socket.off('data', look);
        resolve(undefined);
      };
      socket.on('data', look);
    });
  socket.write(Buffer.concat([lengthOf(body), body]));
  await ready();
  socket.write(message('Q', `${leaked}\0`));
  await ready();
  return { socket, client: undefined, pending: 0, count: 0 };
}

function message(type: string, body: string): Buffer {
  const bytes = Buffer.from(body, 'latin1');
  return Buffer.concat([Buffer.from(type), lengthOf(bytes), bytes]);
}

function lengthOf(body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length + 4);
  return length;
}

/** Calls back for each whole message: a letter, a length, a body. */
function framesOf(socket: Socket, onMessage: OnMessage): void {
  let held = Buffer.alloc(0);
  socket.on('data', (bytes: Buffer) => {
    held = Buffer.concat([held, bytes]);
    while (held.length >= 5 && held.length > held.readUInt32BE(1)) {
      const end = held.readUInt32BE(1) + 1;
      onMessage(String.fromCharCode(held[0] ?? 0), held.subarray(0, end));
      held = held.subarray(end);
    }
  });
}
