import type { OutputOf, RequestOf, RouteId } from '@writ/api';
import type { Secret } from '@writ/core';
import type { CliConfig } from './config.ts';
import type { Prompt } from './input/prompt.ts';
import type { Output } from './output/output.ts';

/** Options that every command takes. */
export interface Globals {
  /** The broker. */
  readonly url?: string;
  readonly json?: boolean;
  /** Answers come from standard input, one a line. */
  readonly stdin?: boolean;
  /** Every question for a yes is taken as answered. */
  readonly yes?: boolean;
}

/** The context of a command: the broker's API, and where to ask and to show. */
export interface Cli {
  readonly config: CliConfig;
  readonly out: Output;
  readonly prompt: Prompt;
  readonly globals: Globals;
  /** Writes the commands in one of our sentences as this program was called. */
  called(text: string): string;
  /** Milliseconds since the epoch. */
  now(): number;
  fetch: typeof globalThis.fetch;
  /** The broker's origin. */
  url(): Promise<string>;
  /** Uses the broker that a one-time link leads to, unless `--url` names another. To be called before the first call. */
  follow(link: string): void;
  /** Calls a route; asks for the password first where the route table says that it is needed. */
  call<K extends RouteId>(id: K, input: RequestOf<K>): Promise<OutputOf<K>>;
  /** Keeps the session at the broker, or forgets it. */
  keep(session: Secret | undefined): Promise<void>;
  /** Shows an answer: as JSON with `--json`, else as `human` writes it. */
  show(value: unknown, human: () => string): void;
  /** Asks for a yes, unless `--yes` was given. Throws where the answer is no. */
  agree(question: string): Promise<void>;
}

/** Makes the context of one command, once its options are known. */
export type CliFactory = () => Cli;
