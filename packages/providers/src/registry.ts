import type { Provider } from './provider.ts';
import { railway } from './railway/index.ts';

/** Every provider Writ knows: one line each. */
export const PROVIDERS: readonly Provider[] = [railway];
