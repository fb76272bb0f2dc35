import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Behaviour } from './behaviour.ts';
import type { StandIn } from './server.ts';
import type { World } from './world.ts';

/**
 * Serves the port by which a test drives the stand-in: `GET /recorded`, `GET /state`, `POST /behave`, `POST /reset`
 * (`{"world": true}` keeps the world), `PUT /state` (a whole world).
 */
export async function listenControl(standIn: StandIn): Promise<number> {
  const server: Server = createServer((request, response) => {
    answer(standIn, request).then(
      (value) => send(response, 200, value),
      (error: unknown) => send(response, 500, { error: String(error) }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function answer(standIn: StandIn, request: IncomingMessage): Promise<unknown> {
  const input = await jsonOf(request);
  switch (`${request.method} ${request.url}`) {
    case 'GET /recorded':
      return standIn.recorded();
    case 'GET /state':
      return standIn.world;
    case 'PUT /state':
      standIn.world = input as World;
      return {};
    case 'POST /behave':
      await standIn.behave(input as Behaviour);
      return {};
    case 'POST /reset':
      await standIn.reset(input as { world?: boolean });
      return {};
    default:
      throw new Error('no such control');
  }
}

async function jsonOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text === '' ? {} : (JSON.parse(text) as unknown);
}

function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}
