import type { CiIdentity, CiSystemId } from '@writ/core';

/**
 * What a claim is good for. `id`: given once and never again, so that it may carry a policy. `name`: can be given up and taken by
 * somebody else. `ref`, `environment`, `workflow`, `event`: where and why the job runs, worth pinning besides an id.
 */
export type CiClaimKind = 'id' | 'name' | 'ref' | 'environment' | 'workflow' | 'event' | 'other';

/** A claim worth knowing. Its name is a path: `kubernetes.io.serviceaccount.uid`. */
export interface CiClaim {
  readonly name: string;
  readonly kind: CiClaimKind;
  readonly about: string;
  /** True where a pinned value may end in `*`: its values are full refs, `refs/tags/v1`. */
  readonly suffix?: true;
}

/** Values for which a token is refused under every policy. One that ends in `*` stands for all that begin so. */
export interface RefusedValues {
  readonly claim: string;
  readonly values: readonly string[];
  readonly because: string;
}

/** Claims of which a policy must, or should, pin one. */
export interface PinnedGroup {
  readonly any_of: readonly string[];
  readonly because: string;
}

/** What is known of a CI system's tokens: data for the verifier, for what a policy may say, for hints and for the documents. */
export interface CiSystem {
  readonly id: CiSystemId;
  readonly title: string;
  readonly issuer: { readonly pattern: RegExp; readonly example: string };
  readonly audience: {
    /** What a token says when nobody asked for an audience. */
    readonly default: string;
    /** Audiences that a policy may not name: tokens with them are made for somebody else. */
    readonly refused: readonly RegExp[];
    /** The one audience that the system can write, where it is not ours to choose. */
    readonly fixed?: string;
    /** True where a job may ask for several at once, so that ours may be one among others. */
    readonly several: boolean;
  };
  readonly algorithms: readonly string[];
  /** The longest a token may live, in seconds. */
  readonly max_life: number;
  /** Hosts that keys may come from besides the issuer's own and those below it. */
  readonly jwks_hosts: readonly string[];
  readonly claims: readonly CiClaim[];
  /** A policy must pin one of each group. */
  readonly required: readonly PinnedGroup[];
  /** A policy should pin one of each group: a hint where it does not. */
  readonly recommended: readonly PinnedGroup[];
  readonly refused: readonly RefusedValues[];
  /** Claims that the job, or the person who triggered it, chooses: never to be relied on. */
  readonly never_pin: readonly string[];
  /**
   * `single_use`: minted whenever a job asks, so that none is good twice. `per_job`: handed out once, so that it may come again, at
   * most five times; counted by the claim `job`, or by the token itself where there is none.
   */
  readonly replay: { readonly rule: 'single_use' } | { readonly rule: 'per_job'; readonly job?: string };
  /** How a job gets its token. */
  readonly obtain: string;
  /** Where the members of the normalised identity are. */
  readonly identity: Readonly<Partial<Record<Exclude<keyof CiIdentity, 'system' | 'subject'>, string>>>;
}
