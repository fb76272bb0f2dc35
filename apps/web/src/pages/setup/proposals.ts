import type { OutputOf, RequestOf } from '@writ/api';

/** An environment at the provider, with the name and the protection that are proposed for it. */
export type Proposal = OutputOf<'environments.importable'>['items'][number];

/** What the person decided about protection, by the key of the proposal. Nothing stands there for one that they did not see yet. */
export type Chosen = Readonly<Record<string, boolean>>;

/** What tells a proposal from all others: what it stands for at the provider, and as what it is proposed. */
export function keyOf({ slug, selector, protected: isProposed }: Proposal): string {
  return JSON.stringify([slug, selector, isProposed]);
}

/** What is imported: each proposal as it was decided, else as it is proposed, also when it appeared later. */
export function itemsOf(
  proposals: readonly Proposal[],
  chosen: Chosen,
): NonNullable<RequestOf<'environments.import'>['items']> {
  return proposals.map((each) => ({
    slug: each.slug,
    selector: each.selector,
    protected: chosen[keyOf(each)] ?? each.protected,
  }));
}
