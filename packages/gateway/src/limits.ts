/** Every bound of the gateway in one place. Sizes in bytes, times in milliseconds. */
export interface GatewayLimits {
  /** The longest body that is judged. */
  readonly body_bytes: number;
  /** How long a client may take to send its body. */
  readonly body_ms: number;
  /** All bodies held at one time. */
  readonly body_memory_bytes: number;
  /** What bodies of one client may hold at one time. */
  readonly client_body_memory_bytes: number;
  /** Requests under way at one time. */
  readonly concurrent: number;
  /** Those of one client: it must take more than one to keep out the others. */
  readonly client_concurrent: number;
  /** Requests a second, per task, and how many may come at once (DESIGN 8). */
  readonly per_second: number;
  readonly burst: number;
  /** Tasks whose rate is remembered, and clients whose cost is. */
  readonly tasks: number;
  /** What judging one client's requests may cost, in milliseconds of the one thread: a second, and at once. */
  readonly client_judging_ms: number;
  readonly client_judging_burst_ms: number;
  /**
   * What the provider may be asked, through one connection, because of one client's calls that are then not sent: a second, and at
   * once; a single call counts for at most so many, be it a walk through hundreds of projects. A refused deletion takes about four.
   * Providers count by the hour, the smallest plans a thousand: what comes in by the second stays below that.
   */
  readonly client_questions_per_second: number;
  readonly client_questions: number;
  readonly client_questions_of_call: number;
  readonly connect_ms: number;
  /** From the request to the end of the provider's headers. */
  readonly headers_ms: number;
  /** The longest silence within an answer, of the provider or of the client that reads it. */
  readonly idle_ms: number;
}

export const DEFAULT_LIMITS: GatewayLimits = {
  body_bytes: 1024 * 1024,
  body_ms: 30_000,
  body_memory_bytes: 128 * 1024 * 1024,
  client_body_memory_bytes: 48 * 1024 * 1024,
  concurrent: 1024,
  client_concurrent: 256,
  per_second: 60,
  burst: 120,
  tasks: 50_000,
  client_judging_ms: 250,
  client_judging_burst_ms: 2_000,
  client_questions_per_second: 0.25,
  client_questions: 400,
  client_questions_of_call: 100,
  connect_ms: 5_000,
  headers_ms: 60_000,
  idle_ms: 60_000,
};
