/** An upstream for one test, on a real socket, that records every request and answers as the test says. */
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as the upstream saw it. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export interface RecordingUpstream {
  readonly origin: string;
  readonly seen: Seen[];
  /** The number of connections that were opened. */
  connections: number;
  answer: RequestListener;
  close(): Promise<void>;
}

/** Starts an upstream that records every request and answers with `answer`. */
export async function startUpstream(): Promise<RecordingUpstream> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers, rawHeaders } = request;
      upstream.seen.push({ method, url, headers, rawHeaders, body: Buffer.concat(chunks).toString('utf8') });
      upstream.answer(request, response);
    });
  });
  server.on('connection', () => {
    upstream.connections += 1;
  });
  const port = await listen(server);
  const upstream: RecordingUpstream = {
    origin: `http://127.0.0.1:${port}`,
    seen: [],
    connections: 0,
    answer: (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');
    },
    close: () => close(server),
  };
  return upstream;
}

/** Listens on a free port of loopback; returns the port. */
export async function listen(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
}

/** Closes every connection and the server. */
export async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((done) => server.close(() => done()));
}
