/**
 * A stand-in provider that answers as fast as Node can: a document named `Bench` with 1 KiB of JSON, `BenchLarge` with 1 MiB; what
 * Writ asks about resources it passes to the stand-in Railway at the URL given. Prints its port.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

const [railway = ''] = process.argv.slice(2);
const bodies = { small: bodyOf(1024), large: bodyOf(1024 * 1024) };

/** JSON of exactly so many bytes. */
function bodyOf(size: number): Buffer {
  const [before, after] = ['{"data":{"environment":{"id":"e_staging","name":"', '"}}}'];
  return Buffer.from(`${before}${'a'.repeat(size - before.length - after.length)}${after}`);
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

const server = createServer({ keepAliveTimeout: 0 }, async (request, response) => {
  const body = await read(request);
  if (body.includes('query Bench')) {
    const answer = body.includes('BenchLarge') ? bodies.large : bodies.small;
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length }).end(answer);
    return;
  }
  const { authorization = '' } = request.headers;
  const headers = { authorization, 'content-type': 'application/json' };
  const answer = await fetch(`${railway}${request.url}`, { method: 'POST', headers, body });
  response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
