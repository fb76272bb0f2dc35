/** What the programs that attack a broker have in common: many sockets of one process, for a bounded time, by the broker's port alone. */
import { connect, type Socket } from 'node:net';

/** What a program is started with: `node <program> <port> <seconds> [access token] [client_id:client_secret]`. */
export interface Target {
  readonly port: number;
  readonly host: string;
  readonly seconds: number;
  readonly token: string | undefined;
  /** `client_id:client_secret`. */
  readonly client: string | undefined;
}

/** What the sockets of an attack came to. */
export interface Toll {
  opened: number;
  sent_bytes: number;
  /** Answers by status. */
  readonly statuses: Record<string, number>;
}

/** Reads the program's arguments. Throws an Error for what is not one. */
export function readTarget(args: readonly string[] = process.argv.slice(2)): Target {
  const [port = '', seconds = '', token, client] = args;
  if (!/^\d+$/.test(port) || !/^\d+$/.test(seconds))
    throw new Error('use: node <program> <port> <seconds> [token] [client_id:client_secret]');
  return { port: Number(port), host: `localhost:${port}`, seconds: Number(seconds), token, client };
}

/** How a socket attacks. */
export interface Manner {
  readonly sockets: number;
  /** Called for each new socket; what it writes is counted by `write`. */
  readonly begin: (socket: Socket, write: (bytes: Buffer) => boolean) => void;
  /** False: what the broker answers is left unread. */
  readonly reads: boolean;
}

/** Keeps so many sockets attacking until the time is up, each opened anew when the broker closes it. Then prints the toll as JSON. */
export async function attack(target: Target, manner: Manner): Promise<void> {
  const toll: Toll = { opened: 0, sent_bytes: 0, statuses: {} };
  const open = new Set<Socket>();
  let over = false;
  const start = (): void => {
    if (over) return;
    const socket = connect(target.port, '127.0.0.1');
    open.add(socket);
    toll.opened += 1;
    socket.on('error', () => undefined);
    if (manner.reads) socket.on('data', (chunk: Buffer) => count(toll, chunk));
    else socket.pause();
    socket.on('close', () => {
      open.delete(socket);
      // No faster than the broker would be worth attacking: the point is what it holds and does, not how fast this process connects.
      setTimeout(start, 20);
    });
    socket.on('connect', () =>
      manner.begin(socket, (bytes) => {
        toll.sent_bytes += bytes.length;
        return socket.write(bytes);
      }),
    );
  };
  for (let n = 0; n < manner.sockets; n += 1) start();
  await new Promise((resolve) => setTimeout(resolve, target.seconds * 1000));
  over = true;
  for (const socket of open) socket.destroy();
  process.stdout.write(`${JSON.stringify(toll)}\n`);
}

function count({ statuses }: Toll, chunk: Buffer): void {
  for (const [, status = ''] of chunk.toString('latin1').matchAll(/HTTP\/1\.1 (\d{3})/g)) {
    statuses[status] = (statuses[status] ?? 0) + 1;
  }
}

/** A body of one-byte chunks, without its end: `bytes` is what it comes to on the wire, six bytes a chunk. */
export function oneByteChunks(bytes: number): Buffer {
  return Buffer.from('1\r\nx\r\n'.repeat(Math.floor(bytes / 6)), 'latin1');
}

/** The head of a request. */
export function head(target: Target, line: string, lines: readonly string[] = []): string {
  return `${[`${line} HTTP/1.1`, `Host: ${target.host}`, ...lines].join('\r\n')}\r\n\r\n`;
}

/** A whole request with a body. */
export function post(
  target: Target,
  path: string,
  { lines, body }: { readonly lines: readonly string[]; readonly body: string },
): Buffer {
  return Buffer.from(
    `${head(target, `POST ${path}`, [...lines, `Content-Length: ${Buffer.byteLength(body)}`])}${body}`,
  );
}

/** On each of so many sockets one request after the other's answer, for which `next` is asked. */
export async function attackInTurn(target: Target, sockets: number, next: () => Buffer): Promise<void> {
  await attack(target, {
    sockets,
    reads: true,
    begin: (socket, write) => {
      socket.on('data', (chunk: Buffer) => {
        if (chunk.includes('HTTP/1.1 ')) write(next());
      });
      write(next());
    },
  });
}
