/** The measure of the gateway: undici's bare `dispatch` to the origin given, without any check. Prints its port. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';

const [origin = ''] = process.argv.slice(2);
const pool = new Pool(origin, { connections: 128, pipelining: 1 });

/** The body is read whole, as the gateway does, which is also the fastest way with `dispatch`. */
async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

const server = createServer({ keepAliveTimeout: 0 }, async (request, response) => {
  const body = await read(request);
  const headers = ['content-type', 'application/json', 'accept-encoding', 'identity'];
  pool.dispatch(
    { path: request.url ?? '/', method: 'POST', headers, body },
    {
      onRequestStart: () => undefined,
      onResponseStart: (_controller, status, answered) => void response.writeHead(status, answered),
      onResponseData: (controller, chunk) => {
        if (response.write(chunk)) return;
        controller.pause();
        // A client that has gone reads nothing more: without this the answer would wait for ever, and with it a connection of the pool.
        const gone = (): void => controller.abort(new Error('the client went away'));
        if (response.destroyed) return gone();
        response.once('close', gone).once('drain', () => {
          response.off('close', gone);
          controller.resume();
        });
      },
      onResponseEnd: () => void response.end(),
      onResponseError: () => void response.destroy(),
    },
  );
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
