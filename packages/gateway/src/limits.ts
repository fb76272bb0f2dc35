/** The limits of the ingress, the same for every endpoint. Sizes in bytes, times in milliseconds. */
export interface IngressLimits {
  /** Sockets that have never authenticated: of all networks, and of one. */
  readonly sockets: number;
  readonly network_sockets: number;
  /** Sockets of one client or user that have authenticated. */
  readonly owner_sockets: number;
  /** Requests of one socket whose answers are not written yet. One more ends the socket. */
  readonly pipelined: number;
  /** How long a peer may leave written bytes unread. A second for each 4 KiB of them is added. */
  readonly write_ms: number;
  /**
   * Written bytes that are not read yet: of the strangers of one network, of one owner, and of all. The socket with most of them is ended
   * first.
   */
  readonly network_unread_bytes: number;
  readonly owner_unread_bytes: number;
  readonly unread_bytes: number;
  /** Requests of strangers from one network: how many a second, and how many at once. */
  readonly stranger_per_second: number;
  readonly stranger_burst: number;
  /** How many networks are counted, and how many good credentials are remembered. */
  readonly remembered: number;
  /** The longest body of any endpoint, before the limit of the endpoint itself is known. */
  readonly body_bytes: number;
  /** How long a client may take to send its body. */
  readonly body_ms: number;
  /** The time after which a body must have arrived at so many bytes a second on average. */
  readonly body_grace_ms: number;
  readonly body_bytes_per_second: number;
  /** The memory that a request holds besides its body: socket, parser, head. */
  readonly request_overhead_bytes: number;
  /** The memory of strangers' requests: of all, and of one network; and how many bodies of one network may be arriving. */
  readonly stranger_body_memory_bytes: number;
  readonly network_body_memory_bytes: number;
  readonly network_bodies: number;
}

/** The ingress limits of a broker. */
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

/** All limits of the gateway. Sizes in bytes, times in milliseconds. */
export interface GatewayLimits {
  /** The longest body that is judged. */
  readonly body_bytes: number;
  /** The memory of all bodies at one time. */
  readonly body_memory_bytes: number;
  /** The memory of the bodies of one client at one time. */
  readonly client_body_memory_bytes: number;
  /** Requests under way at one time. */
  readonly concurrent: number;
  /** Requests of one client under way; so low that one client alone cannot keep out the others. */
  readonly client_concurrent: number;
  /** Requests of one client that wait for a human. */
  readonly client_waiting: number;
  /** The longest time for which a request waits for a human. */
  readonly waiting_ms: number;
  /** Requests of one task: how many a second, and how many at once (model#rates). */
  readonly per_second: number;
  readonly burst: number;
  /** For how many tasks rates are remembered, and for how many clients costs. */
  readonly tasks: number;
  /** The time for judging one client's requests, in milliseconds of the one thread: how much a second, and how much at once. */
  readonly client_judging_ms: number;
  readonly client_judging_burst_ms: number;
  /** Large reads of one client or person, under way (one) and in line; a page asks for some at once. */
  readonly client_reads: number;
  /** The time that these take, mostly of the database, in milliseconds: how much a second, and how much at once. */
  readonly client_reading_ms: number;
  readonly client_reading_burst_ms: number;
  /**
   * The questions to the provider, through one connection, for one client's calls that are then not sent: how many a second, how many at
   * once, and for how many a single call counts at most, even if it walks through hundreds of projects. A refused deletion takes about
   * four. Providers allow a number of questions an hour, a thousand in the smallest plans: the number a second stays below that.
   */
  readonly client_questions_per_second: number;
  readonly client_questions: number;
  readonly client_questions_of_call: number;
  readonly connect_ms: number;
  /** The time from the request to the end of the provider's headers. */
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
  client_waiting: 8,
  waiting_ms: 120_000,
  per_second: 60,
  burst: 120,
  tasks: 50_000,
  client_judging_ms: 250,
  client_judging_burst_ms: 500,
  client_reads: 16,
  client_reading_ms: 250,
  client_reading_burst_ms: 15_000,
  client_questions_per_second: 0.25,
  client_questions: 400,
  client_questions_of_call: 100,
  connect_ms: 5_000,
  headers_ms: 60_000,
  idle_ms: 60_000,
};
