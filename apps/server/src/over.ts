import type { Services } from '@writ/broker';
import { isVaultKey, newerVersion } from '@writ/store';
import { StartError } from './start-error.ts';

/** Answers why this broker is of no use any more, in a sentence for who runs it: undefined while it is. */
export async function whyOver(services: Services): Promise<StartError | undefined> {
  const { store, kek_id } = services;
  if (!(await isVaultKey(store.db, services))) {
    return new StartError(
      `The key ${kek_id} that this broker runs on was replaced; give it the new key file, then start it again.`,
    );
  }
  const newer = await newerVersion(store.db, store);
  return newer && new StartError(newer.message, { cause: newer });
}
