import { join } from 'node:path';
import type { ServerConfig } from '../../apps/server/src/config.ts';

/** The settings of a broker that never listens: all it keeps is in a folder. */
export function localConfig(folder: string): ServerConfig {
  return {
    dataDir: join(folder, 'data'),
    keyFile: join(folder, 'config', 'key'),
    publicUrl: 'http://localhost:8700',
    publicUrlIsLoopback: true,
    host: '127.0.0.1',
    port: 8700,
    privateUpstreams: [],
    trustedProxies: [],
    warnings: [],
  };
}
