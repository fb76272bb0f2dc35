import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import {
  type BaseServices,
  createHashing,
  type LiveOptions,
  type Log,
  openKeys,
  openLive,
  type Services,
} from '@writ/broker';
import { defined, WritError } from '@writ/core';
import { createDialler, DEFAULT_LIMITS, type Dialler } from '@writ/gateway';
import { PROVIDERS } from '@writ/providers';
import {
  currentVaultKey,
  DEFAULT_ORGANIZATION,
  type Driver,
  openAuditLog,
  openStore,
  rememberVaultKey,
  type Store,
  sealedWith,
} from '@writ/store';
import { createVault, type LocalKey, nextKeyFile, openKeyFile, replacedKeyFile } from '@writ/vault';
import { certainSkew, MOST_SKEW } from './clock.ts';
import type { ServerConfig } from './config.ts';
import { createMailer } from './mail.ts';
import { pooledRandomBytes } from './random.ts';
import { StartError } from './start-error.ts';

/** The parts of a running broker. */
export interface BrokerParts {
  readonly services: Services;
  readonly dialler: Dialler;
  /** The key-encryption key that the database is sealed with. */
  readonly key: LocalKey;
  /** Closes everything, the log first. */
  close(): Promise<void>;
}

/** What a composition is given besides the settings. */
export interface ComposeOptions {
  readonly log: Log;
  /** Must end the process: another one may have opened the embedded database too. */
  readonly onLost: (error: StartError) => void;
  /** Where the key-encryption key may be. Default: the key file of the settings. */
  readonly keyFiles?: KeyFiles;
  /** Milliseconds since the epoch. Default: the machine's clock. */
  readonly now?: () => number;
  /** Default as `openLive` has it. */
  readonly tokenRate?: LiveOptions['tokenRate'];
}

/** Opens everything the verbs need. Throws a `StartError` with one sentence for anything that is wrong outside of Writ. */
export async function compose(config: ServerConfig, options: ComposeOptions): Promise<BrokerParts> {
  const { log, onLost, keyFiles = [config.keyFile], now = Date.now, tokenRate } = options;
  const lost = (error: Error): void => onLost(new StartError(error.message, { cause: error }));
  // A broker that cannot serve leaves the database as it is: a newer version that migrated it would have ended those that can.
  const before = (driver: Driver): Promise<void> => checkKey(keyFiles, driver);
  const store = await orStartError(() => openStore({ ...placeOf(config), now, onLost: lost, before }));
  if (store.added.length > 0) {
    const added = store.added.join(', ');
    log.warn('later_release', {
      reason: `a later release has added ${added} to the database: upgrade this broker too`,
    });
  }
  try {
    await checkClock(store);
    const key = await orStartError(() => openKey(keyFiles, store, now()));
    return await open({ config, log, now, store, key, tokenRate });
  } catch (error) {
    await store.close().catch(() => undefined);
    throw error;
  }
}

/** Where the database is, for the store. */
export function placeOf({
  databaseUrl,
  dataDir,
}: ServerConfig): { readonly url: string } | { readonly dataDir: string } {
  return databaseUrl === undefined ? { dataDir } : { url: databaseUrl };
}

/** Where the key-encryption key may be; a new one is made at the first. */
type KeyFiles = readonly [string, ...string[]];

/** Opens the key file (model#key-file): made only while the database remembers no key; another than that one stops the start. */
async function openKey(keyFiles: KeyFiles, store: Store, now: number): Promise<LocalKey> {
  const organization = { organization_id: DEFAULT_ORGANIZATION };
  const wanted = (await currentVaultKey(store.db, organization))?.kek_id;
  const key = await openFirst(keyFiles, {
    mayCreate: wanted === undefined,
    randomBytes,
    ...defined({ wanted }),
  });
  const remembered = await store.transaction((tx) => rememberVaultKey(tx, { ...organization, kek_id: key.kekId, now }));
  if (remembered.kek_id === key.kekId) return key;
  throw new StartError(
    `Another broker has just begun to use this database with key ${remembered.kek_id}, but ${keyFiles[0]} holds ${key.kekId}; give both the same key file.`,
  );
}

/** Throws where none of the files holds the key that the database is sealed with. */
async function checkKey(keyFiles: KeyFiles, driver: Driver): Promise<void> {
  const wanted = await sealedWith(driver, DEFAULT_ORGANIZATION);
  if (wanted !== undefined) await openFirst(keyFiles, { mayCreate: false, randomBytes, wanted });
}

/** Opens the first file that holds the wanted key. Throws what was wrong with the first of all. */
async function openFirst([path, ...others]: KeyFiles, options: Parameters<typeof openKeyFile>[1]): Promise<LocalKey> {
  try {
    return await openKeyFile(path, options);
  } catch (error) {
    for (const other of others) {
      const key = await openKeyFile(other, { ...options, mayCreate: false }).catch(() => undefined);
      if (key !== undefined) return key;
    }
    throw (await keyBeside(path, options)) ?? error;
  }
}

/**
 * The error for a wanted key that lies beside the key file: as the next one, where a replacement was killed before it moved the key, or as
 * one that was replaced, where an older copy of the database was put back.
 */
async function keyBeside(path: string, options: Parameters<typeof openKeyFile>[1]): Promise<StartError | undefined> {
  const { wanted } = options;
  if (wanted === undefined) return undefined;
  const isIn = (file: string): Promise<boolean> =>
    openKeyFile(file, { ...options, mayCreate: false }).then(Boolean, () => false);
  const [next, replaced] = [await nextKeyFile(path), await replacedKeyFile(path, wanted)];
  if (await isIn(next)) {
    return new StartError(
      `The replacement of the key was interrupted: the database is sealed with the key in ${next}; finish it with: writ key-file replace`,
    );
  }
  if (!(await isIn(replaced))) return undefined;
  return new StartError(
    `The database is sealed with key ${wanted}, which was replaced: is it an older copy? Its key is in ${replaced}; to open it, point WRIT_KEY_FILE at that file.`,
  );
}

async function checkClock(store: Store): Promise<void> {
  const skew = await orStartError(() => certainSkew(store));
  if (Math.abs(skew) <= MOST_SKEW) return;
  const [seconds, direction] = [Math.round(Math.abs(skew) / 1000), skew > 0 ? 'behind' : 'ahead of'];
  throw new StartError(
    `This machine's clock is ${seconds} s ${direction} the clock of the database ${store.place}; set both by NTP, then start again.`,
  );
}

interface OpenDeps {
  readonly config: ServerConfig;
  readonly log: Log;
  readonly now: () => number;
  readonly store: Store;
  readonly key: LocalKey;
  readonly tokenRate: LiveOptions['tokenRate'];
}

async function open({ config, log, now, store, key, tokenRate }: OpenDeps): Promise<BrokerParts> {
  const { publicUrl, publicUrlIsLoopback, privateUpstreams, dpopNonces = false, backupDir, mail } = config;
  const vault = createVault({ wrapper: key, randomBytes, now });
  const deriveKey = await openKeys({ store, vault, organization_id: DEFAULT_ORGANIZATION }, key);
  const base: BaseServices = {
    organization_id: DEFAULT_ORGANIZATION,
    store,
    audit: openAuditLog(store, { organization_id: DEFAULT_ORGANIZATION }),
    vault,
    kek_id: key.kekId,
    deriveKey,
    hashing: createHashing({
      pepper: (kek_id) => deriveKey('password', kek_id).export(),
      lanes: availableParallelism() / 2,
      randomBytes,
    }),
    providers: new Map(PROVIDERS.map((provider) => [provider.id, provider])),
    config: { publicUrl, publicUrlIsLoopback, privateUpstreams, dpopNonces, ...defined({ backupDir }) },
    now,
    randomBytes: pooledRandomBytes(),
    log,
    ...(mail !== undefined && { mail: createMailer(mail) }),
  };
  const dialler = createDialler(DEFAULT_LIMITS);
  const live = await openLive(base, { dispatch: dialler.dispatch, ...defined({ tokenRate }) });
  const close = async (): Promise<void> => {
    await live.close();
    await base.audit.drain();
    await dialler.close();
    await store.close();
  };
  return { services: { ...base, live }, dialler, key, close };
}

/** Runs `work`, and turns errors about faults outside of Writ into the error that stops the start. */
async function orStartError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof WritError && error.code === 'unavailable')
      throw new StartError(error.message, { cause: error });
    throw error;
  }
}

/** Runs work and closes everything after it. Throws a `StartError` with the sentence of what the work refuses. */
export async function closingAfter(
  composed: BrokerParts,
  work: (composed: BrokerParts) => Promise<void>,
): Promise<void> {
  try {
    await work(composed);
  } catch (error) {
    if (error instanceof WritError) throw new StartError(error.message, { cause: error });
    throw error;
  } finally {
    await composed.close();
  }
}
