import type { OutputOf } from '@writ/api';
import { isSetUp } from '@writ/store';
import type { Ctx } from '../context.ts';

/** Says whether Writ waits for its first owner. */
export async function getSetup({ store, organization_id }: Ctx): Promise<OutputOf<'setup.get'>> {
  return { open: !(await isSetUp(store.db, { organization_id })) };
}
