import { getApproval, joinRequesters, type Tx } from '@writ/store';
import { askersNow } from '../requesters/who.ts';

/**
 * Looks once more who counts as having asked for what is about to be used: where that is protected, the yes of one who has come to ask since
 * it was given counts no more.
 */
export async function joinNow(
  tx: Tx,
  { organization_id, id }: { readonly organization_id: string; readonly id: string },
): Promise<void> {
  const approval = await getApproval(tx, { organization_id, id });
  if (approval === undefined) return;
  await joinRequesters(tx, { organization_id, id, requesters: await askersNow(tx, approval) });
}
