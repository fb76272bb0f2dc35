/** Requests written byte by byte on a real socket, for what no HTTP client would send. */
import { connect } from 'node:net';

/** One answer, as it was on the wire. */
export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** What a request is made of; everything goes to the wire as it is given. */
export interface RawRequest {
  readonly method?: string;
  readonly target: string;
  readonly version?: string;
  /** Lines besides `Host` and `Connection: close`; a `Host` among them replaces ours. */
  readonly lines?: readonly string[];
  readonly body?: string;
}

/** Writes a request's bytes: latin1, so that every byte can be had. */
export function bytesOf(url: string, request: RawRequest): string {
  const { method = 'GET', target, version = '1.1', lines = [], body = '' } = request;
  const host = lines.some((line) => /^host:/i.test(line)) ? [] : [`Host: ${new URL(url).host}`];
  const head = [`${method} ${target} HTTP/${version}`, ...host, 'Connection: close', ...lines];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

const SILENCE = 4_000;

/** Sends bytes and returns every answer that came before the other side closed, or was silent for seconds. */
export function sendBytes(url: string, bytes: string | Buffer): Promise<readonly RawAnswer[]> {
  return new Promise((done) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const chunks: Buffer[] = [];
    const finish = (): void => {
      socket.destroy();
      done(answersIn(Buffer.concat(chunks).toString('latin1')));
    };
    socket.setTimeout(SILENCE, finish);
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('close', finish).on('error', finish);
    socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  });
}

/** Sends one request and returns its one answer. Throws when there was none, or more than one. */
export async function sendRaw(url: string, request: RawRequest): Promise<RawAnswer> {
  const answers = await sendBytes(url, bytesOf(url, request));
  const [answer, ...more] = answers;
  if (answer === undefined || more.length > 0) throw new Error(`there were ${answers.length} answers`);
  return answer;
}

function answersIn(text: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let rest = text; rest.startsWith('HTTP/1.1 '); ) {
    const end = rest.indexOf('\r\n\r\n');
    if (end === -1) break;
    const headers = headersIn(rest.slice(0, end));
    const status = Number(rest.slice(9, 12));
    // An interim answer ends with its head.
    const { body, after } =
      status < 200 ? { body: '', after: rest.slice(end + 4) } : bodyIn(rest.slice(end + 4), headers);
    answers.push({ status, headers, body });
    rest = after;
  }
  return answers;
}

function headersIn(head: string): ReadonlyMap<string, string> {
  const pairs = head.split('\r\n').slice(1);
  return new Map(
    pairs.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
}

function bodyIn(text: string, headers: ReadonlyMap<string, string>): { body: string; after: string } {
  const length = headers.get('content-length');
  if (length !== undefined) return { body: text.slice(0, Number(length)), after: text.slice(Number(length)) };
  if (headers.get('transfer-encoding') !== 'chunked') return { body: text, after: '' };
  let [body, rest] = ['', text];
  for (;;) {
    const line = rest.indexOf('\r\n');
    const size = Number.parseInt(rest.slice(0, line), 16);
    if (line === -1 || !(size > 0)) return { body, after: rest.slice(line + 4) };
    body += rest.slice(line + 2, line + 2 + size);
    rest = rest.slice(line + 4 + size);
  }
}
