/** Requests written byte by byte on a real socket, for what no HTTP client would send. */
import { connect } from 'node:net';

/** One answer, as it was on the wire. */
export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** False where the end of the body was not seen to come. */
  readonly whole: boolean;
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

/** How long nothing may come before the rest is given up, milliseconds: a limit for what hangs. */
const SILENCE = 60_000;

/** How long nothing may follow the answers that were waited for, milliseconds. */
const QUIET = 40;

/** What is waited for besides the other side's end. */
export interface WaitLimits {
  /** So many whole answers, interim ones not counted, and nothing after them. Default: only the other side ends it. */
  readonly answers?: number;
  /** How long nothing at all may come, milliseconds. Default a minute. */
  readonly silence_ms?: number;
}

/** Writes bytes to a port of this machine, and returns all that came back, as latin1. */
export function exchangeBytes(
  port: number,
  bytes: string | Buffer,
  { answers = Number.POSITIVE_INFINITY, silence_ms = SILENCE }: WaitLimits = {},
): Promise<string> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    const chunks: Buffer[] = [];
    const came = (): string => Buffer.concat(chunks).toString('latin1');
    const finish = (): void => {
      socket.destroy();
      done(came());
    };
    socket.setTimeout(silence_ms, finish);
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      const whole = answersIn(came()).filter((answer) => answer.whole && answer.status >= 200);
      socket.setTimeout(whole.length < answers ? silence_ms : QUIET, finish);
    });
    socket.on('close', finish).on('error', finish);
    socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  });
}

/** Sends bytes and returns every answer that came before the other side closed. */
export async function sendBytes(url: string, bytes: string | Buffer): Promise<readonly RawAnswer[]> {
  return answersIn(await exchangeBytes(Number(new URL(url).port), bytes));
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
    const { body, after, whole } =
      status < 200 ? { body: '', after: rest.slice(end + 4), whole: true } : bodyIn(rest.slice(end + 4), headers);
    answers.push({ status, headers, body, whole });
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

interface BodyRead {
  readonly body: string;
  readonly after: string;
  readonly whole: boolean;
}

function bodyIn(text: string, headers: ReadonlyMap<string, string>): BodyRead {
  const length = Number(headers.get('content-length') ?? Number.NaN);
  if (!Number.isNaN(length))
    return { body: text.slice(0, length), after: text.slice(length), whole: text.length >= length };
  if (headers.get('transfer-encoding') !== 'chunked') return { body: text, after: '', whole: false };
  let [body, rest] = ['', text];
  for (;;) {
    const line = rest.indexOf('\r\n');
    const size = Number.parseInt(rest.slice(0, line), 16);
    if (line === -1 || !(size > 0)) return { body, after: rest.slice(line + 4), whole: rest.startsWith('0\r\n\r\n') };
    body += rest.slice(line + 2, line + 2 + size);
    rest = rest.slice(line + 4 + size);
  }
}
