import type { OutputOf } from '@writ/api';

/** An environment at the provider, with the name and the protection that are proposed for it. */
export type Proposal = OutputOf<'environments.importable'>['items'][number];

/** Whether an environment is added, under which name, and whether it is protected. */
export interface Choice {
  readonly wanted: boolean;
  readonly slug: string;
  readonly protected: boolean;
}

/** What the person decided, by the key of the proposal. Nothing stands there for one that they did not see yet. */
export type Chosen = Readonly<Record<string, Partial<Choice>>>;

/**
 * What tells a proposal from all others: what it stands for at the provider, and whether it is proposed as protected. Its proposed name is
 * left out, because that changes with the names of the others.
 */
export function keyOf({ selector, protected: isProposed }: Proposal): string {
  return JSON.stringify([selector, isProposed]);
}

/** A proposal as it was decided, else as it is proposed, also when it appeared later. */
export function choiceOf(proposal: Proposal, chosen: Chosen): Choice {
  return { wanted: true, slug: proposal.slug, protected: proposal.protected, ...chosen[keyOf(proposal)] };
}
