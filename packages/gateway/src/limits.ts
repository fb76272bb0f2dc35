/** The bounds of the way in, the same for every door. Sizes in bytes, times in milliseconds. */
export interface IngressLimits {
  /** Sockets that have never authenticated, all and those of one network. */
  readonly sockets: number;
  readonly network_sockets: number;
  /** Sockets that have authenticated, of one client or user. */
  readonly owner_sockets: number;
  /** Requests of one socket whose answers are not written yet; one more ends the socket. */
  readonly pipelined: number;
  /** How long written bytes may wait for their reader, besides a second for each 4 KiB of them. */
  readonly write_ms: number;
  /** Bytes that wait to be read by strangers of one network, by one owner, and by all; the one that has most waiting is ended first. */
  readonly network_unread_bytes: number;
  readonly owner_unread_bytes: number;
  readonly unread_bytes: number;
  /** Requests of strangers from one network: a second, and at once. */
  readonly stranger_per_second: number;
  readonly stranger_burst: number;
  /** How many networks are counted, and how many credentials are remembered as good. */
  readonly remembered: number;
  /** The longest body of any door, before its own bound is known. */
  readonly body_bytes: number;
  /** How long a client may take to send its body. */
  readonly body_ms: number;
  /** The time after which it must have come at so many bytes a second on average. */
  readonly body_grace_ms: number;
  readonly body_bytes_per_second: number;
  /** What a request with a body holds besides it: its socket, its parser, its head. */
  readonly request_overhead_bytes: number;
  /** All that requests of strangers hold, what those of one network do, and how many of them may still be coming. */
  readonly stranger_body_memory_bytes: number;
  readonly network_body_memory_bytes: number;
  readonly network_bodies: number;
}

/** The bounds of the way in of a broker. */
export const DEFAULT_INGRESS_LIMITS: IngressLimits = {
  sockets: 4_096,
  network_sockets: 512,
  owner_sockets: 512,
  pipelined: 16,
  write_ms: 30_000,
  network_unread_bytes: 16 * 1024 * 1024,
  owner_unread_bytes: 64 * 1024 * 1024,
  unread_bytes: 192 * 1024 * 1024,
  stranger_per_second: 200,
  stranger_burst: 500,
  remembered: 20_000,
  body_bytes: 4 * 1024 * 1024,
  body_ms: 30_000,
  body_grace_ms: 5_000,
  body_bytes_per_second: 2_048,
  request_overhead_bytes: 16 * 1024,
  stranger_body_memory_bytes: 64 * 1024 * 1024,
  network_body_memory_bytes: 8 * 1024 * 1024,
  network_bodies: 128,
};

/** Every bound of the gateway in one place. Sizes in bytes, times in milliseconds. */
export interface GatewayLimits {
  /** The longest body that is judged. */
  readonly body_bytes: number;
  /** All bodies held at one time. */
  readonly body_memory_bytes: number;
  /** What bodies of one client may hold at one time. */
  readonly client_body_memory_bytes: number;
  /** Requests under way at one time. */
  readonly concurrent: number;
  /** Requests of one client under way: it must take more than one client to keep out the others. */
  readonly client_concurrent: number;
  /** Requests a second, per task, and how many may come at once (model#rates). */
  readonly per_second: number;
  readonly burst: number;
  /** How many tasks' rates and clients' costs are remembered. */
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
  body_memory_bytes: 128 * 1024 * 1024,
  client_body_memory_bytes: 48 * 1024 * 1024,
  concurrent: 1024,
  client_concurrent: 256,
  per_second: 60,
  burst: 120,
  tasks: 50_000,
  client_judging_ms: 250,
  client_judging_burst_ms: 500,
  client_questions_per_second: 0.25,
  client_questions: 400,
  client_questions_of_call: 100,
  connect_ms: 5_000,
  headers_ms: 60_000,
  idle_ms: 60_000,
};
