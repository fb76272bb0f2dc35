import { join } from 'node:path';
import { throwawayFolder } from './throwaway.ts';

/** Where a run keeps the embedded database that its tests copy; `prefix` is the run's own. */
export function embeddedTemplateFolder(prefix: string): string {
  return join(throwawayFolder(), `${prefix}embedded`);
}
