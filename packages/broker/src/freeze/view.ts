import type { OutputOf } from '@writ/api';
import { type Db, type Freeze, getConnection } from '@writ/store';
import { timeOut } from '../page.ts';

/** A freeze as the API shows it: a connection by its slug, or by its id where it was removed since. */
export async function freezeView(db: Db, freeze: Freeze): Promise<OutputOf<'freeze.create'>> {
  const { id, scope, reason, created_by, created_at } = freeze;
  return { id, scope, subject: await subjectOf(db, freeze), reason, created_by, created_at: timeOut(created_at) };
}

async function subjectOf(db: Db, { organization_id, scope, subject }: Freeze): Promise<string | null> {
  if (scope === 'all') return null;
  if (scope !== 'connection') return subject;
  return (await getConnection(db, { organization_id, id: subject }))?.slug ?? subject;
}
