import { WritError } from '@writ/core';
import { insertSigningKey, listSigningKeys, type SigningKey as SigningKeyRow } from '@writ/store';
import { activeKey, type KeyRecord, openSigningKey, type SigningAlgorithm, type SigningKey } from '@writ/tokens';
import type { BaseServices } from '../context.ts';
import { makeKey } from '../keys/make.ts';
import { keyRecord } from '../keys/record.ts';
import type { KeyRing } from '../live.ts';

/** Reads the keys; makes the first one where none is active. Of several brokers that start at once, one makes it. */
export async function openKeyRing(services: BaseServices): Promise<KeyRing> {
  const ring = new Ring(services);
  await ring.reload();
  if (!ring.algorithms().includes('ES256')) {
    await makeFirst(services);
    await ring.reload();
  }
  return ring;
}

class Ring implements KeyRing {
  readonly #services: BaseServices;
  #records: readonly KeyRecord[] = [];
  #signing: readonly SigningKey[] = [];
  #reading: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  /** How often the keys changed, and how many of these changes were read. */
  #changes = 0;
  #read = 0;

  constructor(services: BaseServices) {
    this.#services = services;
  }

  async active(alg: SigningAlgorithm = 'ES256'): Promise<SigningKey> {
    if (this.#read !== this.#changes) await this.reload();
    const key = this.#signing.find((one) => one.alg === alg);
    if (key === undefined) throw new WritError('unavailable', { detail: `Writ has no ${alg} key to sign with yet.` });
    return key;
  }

  find(kid: string): KeyRecord | undefined {
    return this.#records.find((record) => record.kid === kid);
  }

  records(): readonly KeyRecord[] {
    return this.#records;
  }

  algorithms(): readonly SigningAlgorithm[] {
    return this.#signing.map(({ alg }) => alg);
  }

  forget(): void {
    this.#changes += 1;
    // A failed reading is tried again when a key is wanted, and every minute.
    this.reload().catch((error: unknown) => this.#services.log.error('keys.reload', error));
  }

  reload(): Promise<void> {
    this.#next ??= this.#reading
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        this.#reading = this.#readNow();
        return this.#reading;
      });
    return this.#next;
  }

  async #readNow(): Promise<void> {
    const changes = this.#changes;
    const { store, organization_id } = this.#services;
    const rows = await listSigningKeys(store.db, { organization_id, states: READ });
    const records = rows.map(keyRecord);
    const active = (['ES256', 'RS256'] as const).flatMap((alg) => activeKey(records, alg) ?? []);
    const opened = active.map(async ({ kid }) => {
      const known = this.#signing.find((key) => key.kid === kid);
      const row = rows.find((one) => one.kid === kid);
      return known ?? (row && (await open(this.#services, row)));
    });
    this.#signing = (await Promise.all(opened)).filter((key) => key !== undefined);
    this.#records = records;
    this.#read = changes;
  }
}

const READ = ['pending', 'active', 'retiring', 'compromised'] as const;

async function makeFirst(services: BaseServices): Promise<void> {
  const key = await makeKey(services, 'ES256');
  const at = services.now();
  try {
    await services.store.transaction((tx) =>
      insertSigningKey(tx, { ...key, state: 'active', created_at: at, activated_at: at }),
    );
  } catch (error) {
    // Another broker was faster: its key is the one.
    if (!(error instanceof WritError && error.code === 'conflict')) throw error;
  }
}

async function open({ vault, organization_id }: BaseServices, row: SigningKeyRow): Promise<SigningKey> {
  const { kid } = row;
  const private_key = await vault.openSigningKey(row.sealed_private, { organization_id, kid });
  return await openSigningKey({ kid, private_key });
}
