import { request as httpRequest, type IncomingMessage } from 'node:http';

/** A request with every header as given: `fetch` sets some by itself. */
export interface RawRequest {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The loopback address it comes from: each is a network of its own to the broker. */
  readonly from?: string;
}

/** What came back. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  /** The problem's or answer's JSON; an empty object where it is none. */
  readonly json: Readonly<Record<string, unknown>>;
}

/**
 * Sends one request over a connection of its own. A server that refuses a body before it has read it closes with bytes unread, and
 * then the system may drop its answer too: such a request is sent again.
 */
export async function rawRequest(url: string, request: RawRequest): Promise<RawAnswer> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await sendOnce(url, request);
    if (answer !== undefined) return answer;
    if (attempt === 5) throw new Error(`no answer of ${request.method} ${url} arrived, five times`);
  }
}

/** Undefined where the connection was closed without an answer. */
function sendOnce(url: string, { method, headers = {}, body, from }: RawRequest): Promise<RawAnswer | undefined> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const options = { method, headers: { ...length, ...headers }, agent: false, ...(from && { localAddress: from }) };
    const sent = httpRequest(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => resolve(undefined));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parsed(text) });
      });
    });
    // A server that has answered may close before it has read everything: what counts is its answer.
    const cut = new Set(['EPIPE', 'ECONNRESET']);
    sent.on('error', (error: NodeJS.ErrnoException) => {
      if (body === undefined || !cut.has(error.code ?? '')) reject(error);
    });
    sent.on('close', () => resolve(undefined));
    sent.end(body);
  });
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
