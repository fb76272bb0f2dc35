/** A server in the place of a broker, for answers that a real one does not give. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Home, makeHome } from './run.ts';

/** A server that listens. */
export interface FakeBroker {
  readonly url: string;
  stop(): Promise<void>;
}

/** A fake broker, and a home whose commands ask it. */
export interface FakeScene {
  readonly url: string;
  readonly home: Home;
  close(): Promise<void>;
}

/** Starts a broker that answers as `answer` says, and makes the home, with more in its environment. */
export async function openFakeScene(
  answer: Parameters<typeof startFakeBroker>[0],
  env: Readonly<Record<string, string>> = {},
): Promise<FakeScene> {
  const fake = await startFakeBroker(answer);
  const home = await makeHome(fake.url, env);
  return {
    url: fake.url,
    home,
    close: async () => {
      await fake.stop();
      await home.remove();
    },
  };
}

/** Answers every request as `answer` says: a status and a JSON body, or a text as it is. */
export async function startFakeBroker(
  answer: (
    request: IncomingMessage,
    body: Record<string, unknown>,
  ) => { readonly status: number; readonly body: unknown },
): Promise<FakeBroker> {
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const { status, body } = answer(request, await bodyOf(request));
    response.writeHead(status, { 'content-type': typeof body === 'string' ? 'text/html' : 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString();
  return text.startsWith('{') ? JSON.parse(text) : {};
}
