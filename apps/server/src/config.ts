/** What the process was told by its environment: the only file of this app that reads `process.env`. */
export interface ServerConfig {
  /** Address to listen on. */
  readonly host: string;
  /** TCP port to listen on. */
  readonly port: number;
}

/** Reads `WRIT_HOST` and `WRIT_PORT`; throws an Error with one sentence when a value is wrong. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): ServerConfig {
  const port = env['WRIT_PORT'] ?? '8700';
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) {
    throw new Error(`WRIT_PORT is "${port}"; it must be a number from 0 to 65535.`);
  }
  return { host: env['WRIT_HOST'] ?? '127.0.0.1', port: Number(port) };
}
