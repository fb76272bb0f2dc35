import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where a run keeps the embedded database that its tests copy; `prefix` is the run's own. */
export function embeddedTemplateFolder(prefix: string): string {
  return join(tmpdir(), `${prefix}embedded`);
}
