import type { Provider } from './provider.ts';
import { railway } from './railway/index.ts';

/** Every provider Writ knows: one line each. */
export const PROVIDERS: readonly Provider[] = [railway];

const byId: ReadonlyMap<string, Provider> = new Map(PROVIDERS.map((provider) => [provider.id, provider]));

/** Finds a provider by its id; `undefined` where there is none. */
export function findProvider(id: string): Provider | undefined {
  return byId.get(id);
}
