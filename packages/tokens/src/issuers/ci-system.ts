import type { CiIdentity, CiSystemId } from '@writ/core';

/**
 * The use of a claim. `id`: never given to another, so a policy may rely on it. `name`: its owner can give it up, and another can take it.
 * `ref`, `environment`, `workflow`, `event`: where and why the job runs, worth pinning besides an id.
 */
export type CiClaimKind = 'id' | 'name' | 'ref' | 'environment' | 'workflow' | 'event' | 'other';

/** A claim that Writ knows. Its name is a path: `kubernetes.io.serviceaccount.uid`. */
export interface CiClaim {
  readonly name: string;
  readonly kind: CiClaimKind;
  readonly about: string;
  /** True if a pinned value may end in `*`: the claim's values are full refs, such as `refs/tags/v1`. */
  readonly suffix?: true;
}

/** The values for which a token is refused under every policy. A value that ends in `*` stands for all with that beginning. */
export interface RefusedValues {
  readonly claim: string;
  readonly values: readonly string[];
  readonly because: string;
}

/** A group of claims of which a policy must, or should, pin one. */
export interface PinnedGroup {
  readonly any_of: readonly string[];
  readonly because: string;
}

/** The facts about the tokens of a CI system: for the verifier, the check of policies, the hints and the documents. */
export interface CiSystem {
  readonly id: CiSystemId;
  readonly title: string;
  /** `usual`: that of the system's own service, where everybody has the same. */
  readonly issuer: { readonly pattern: RegExp; readonly example: string; readonly usual?: string };
  readonly audience: {
    /** The audience of a token if the job did not choose one. */
    readonly default: string;
    /** The audiences that a policy may not name: tokens with them are made for other services. */
    readonly refused: readonly RegExp[];
    /** The only audience of the system's tokens, if it cannot be chosen. */
    readonly fixed?: string;
    /** True if a job may ask for several audiences at once: ours may then be one of them. */
    readonly several: boolean;
  };
  readonly algorithms: readonly string[];
  /** The longest life of a token, in seconds. */
  readonly max_life: number;
  /** The hosts from which keys may come, besides the issuer's own host and those below it. */
  readonly jwks_hosts: readonly string[];
  readonly claims: readonly CiClaim[];
  /** The groups of claims of each of which a policy must pin one. */
  readonly required: readonly PinnedGroup[];
  /** The groups of claims of each of which a policy should pin one; otherwise there is a hint. */
  readonly recommended: readonly PinnedGroup[];
  readonly refused: readonly RefusedValues[];
  /** The claims that the job, or the person who triggered it, chooses: no policy may rely on them. */
  readonly never_pin: readonly string[];
  /**
   * How often a token may be used. `single_use`: the system makes a new one whenever a job asks, so each is good once. `per_job`: a job
   * gets only one, so it may be used five times; counted by the claim `job`, or by the token itself if there is no such claim.
   */
  readonly replay: { readonly rule: 'single_use' } | { readonly rule: 'per_job'; readonly job?: string };
  /** How a job gets its token. */
  readonly obtain: string;
  /** The claims from which the members of the normalised identity are read. */
  readonly identity: Readonly<Partial<Record<Exclude<keyof CiIdentity, 'system' | 'subject'>, string>>>;
}
