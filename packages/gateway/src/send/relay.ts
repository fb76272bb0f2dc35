/** One attempt to call the provider, whose answer is streamed to the client as it arrives. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { StopReason } from '../ports.ts';
import type { AnswerSink } from './answer-sink.ts';
import type { EchoGuard } from './echo-guard.ts';
import { passingHeaders, type RewriteContext, SECURITY_HEADERS } from './response-headers.ts';

/** The reason for which an answer was stopped on purpose. */
export type CutReason = 'credential_echo' | StopReason | 'client_gone' | 'redirect' | 'encoded';

/** The end of an attempt. */
export interface RelayEnd {
  /** True if the request may have left for the provider. */
  readonly sent: boolean;
  /** True if any byte of an answer was seen. */
  readonly answered: boolean;
  /** True if the client may have got any byte. */
  readonly delivered: boolean;
  readonly status?: number;
  readonly cut?: CutReason;
  /** The error, if the answer is not whole and was not cut on purpose. */
  readonly error?: Error;
}

/** The parts that a relay uses. */
export interface RelayOptions {
  readonly response: AnswerSink;
  readonly guard: EchoGuard;
  readonly rewrite: RewriteContext;
  readonly request_id: string;
  /** True if the provider says that a redirect of this call is for the client. */
  readonly mayRedirect: boolean;
  /** How long a client may leave its answer unread, in milliseconds. It is given up after twice that time at the latest. */
  readonly idle_ms: number;
  readonly onEnd: (end: RelayEnd) => void;
  readonly onSent: () => void;
}

class Stopped extends Error {}

/** So much of an answer may wait for its client before the provider does, bytes: stopping and going on at every read costs a tenth of the work. */
const MOST_WAITING = 256 * 1024;

/** An undici handler that writes straight to Node's response. */
export class Relay implements Dispatcher.DispatchHandler {
  readonly #options: RelayOptions;
  #controller: Dispatcher.DispatchController | undefined;
  #sent = false;
  #answered = false;
  #delivered = false;
  #ended = false;
  #status: number | undefined;
  #cut: CutReason | undefined;
  /** The head of the answer. It is written with the first byte of the body, so that a refusal can replace it until then. */
  #head: string[] | undefined;
  /** `since` if the client does not read its answer now, and `seen` if that was so at the last check too. */
  #stalled: 'no' | 'since' | 'seen' = 'no';
  #watch: NodeJS.Timeout | undefined;

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  /** Stops the answer, in any state. The first reason counts. */
  cut(reason: CutReason): void {
    if (this.#ended) return;
    this.#cut ??= reason;
    this.#controller?.abort(new Stopped(reason));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#cut !== undefined) {
      controller.abort(new Stopped(this.#cut));
      return;
    }
    this.#sent = true;
    this.#options.onSent();
  }

  onResponseStarted(): void {
    this.#answered = true;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#answered = true;
    if (status < 200) return;
    this.#status = status;
    const unfit = this.#unfit(status, headers);
    if (unfit !== undefined) {
      this.cut(unfit);
      return;
    }
    this.#head = [
      ...SECURITY_HEADERS,
      'writ-request',
      this.#options.request_id,
      ...passingHeaders(headers, this.#options.rewrite),
    ];
  }

  #unfit(status: number, headers: IncomingHttpHeaders): CutReason | undefined {
    if (this.#options.guard.inHeaders(headers)) return 'credential_echo';
    if (status >= 300 && status < 400 && status !== 304 && !this.#options.mayRedirect) return 'redirect';
    const encoding = headers['content-encoding'];
    return encoding === undefined || String(encoding).toLowerCase() === 'identity' ? undefined : 'encoded';
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    // A paused answer continues with an empty chunk.
    if (this.#cut !== undefined || chunk.length === 0) return;
    const passing = this.#options.guard.push(chunk);
    if (passing === undefined) {
      this.cut('credential_echo');
      return;
    }
    if (passing.length === 0) return;
    this.#writeHead();
    const { response } = this.#options;
    for (const part of passing) response.write(part);
    if (response.writableLength > MOST_WAITING) this.#waitForClient(controller);
  }

  onResponseEnd(): void {
    if (this.#cut === undefined) {
      this.#writeHead();
      const rest = this.#options.guard.end();
      if (rest.length === 0) this.#options.response.end();
      else this.#options.response.end(rest);
    }
    this.#finish(undefined);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(error);
  }

  /** Ends the attempt with an error: its answer is not whole. */
  fail(error: Error): void {
    this.#finish(error);
  }

  #writeHead(): void {
    const head = this.#head;
    if (head === undefined) return;
    this.#head = undefined;
    this.#delivered = true;
    this.#options.response.writeHead(this.#status ?? 200, head);
  }

  #waitForClient(controller: Dispatcher.DispatchController): void {
    const { response } = this.#options;
    if (response.destroyed || this.#stalled !== 'no') return;
    controller.pause();
    this.#stalled = 'since';
    if (this.#watch !== undefined) return;
    this.#watch = setInterval(() => this.#look(), this.#options.idle_ms);
    response.on('drain', () => {
      this.#stalled = 'no';
      controller.resume();
    });
  }

  /** Looks every `idle_ms` whether the client reads: if it did not at the previous look either, the answer is cut. */
  #look(): void {
    if (this.#stalled === 'seen') this.cut('client_gone');
    if (this.#stalled === 'since') this.#stalled = 'seen';
  }

  #finish(error: Error | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    clearInterval(this.#watch);
    this.#options.onEnd({
      sent: this.#sent,
      answered: this.#answered,
      delivered: this.#delivered,
      ...(this.#status !== undefined && { status: this.#status }),
      ...(this.#cut !== undefined && { cut: this.#cut }),
      ...(error !== undefined && this.#cut === undefined && { error }),
    });
  }
}
