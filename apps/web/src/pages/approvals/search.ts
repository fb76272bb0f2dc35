/** What the inbox shows: what waits, what was answered, or what waited for its time and has ended. */
const VIEWS = ['waiting', 'answered', 'holds'] as const;
export type InboxView = (typeof VIEWS)[number];

/** The states that an answered request can be in. */
export const ANSWERED = ['approved', 'used', 'denied', 'expired', 'cancelled'] as const;
export type AnsweredState = (typeof ANSWERED)[number];

/** Which view stands in the address: `?show=answered&state=denied`. What is no view is left out. */
export function inboxSearch(search: Record<string, unknown>): { show?: InboxView; state?: AnsweredState } {
  const show = VIEWS.find((view) => view === search['show']);
  const state = ANSWERED.find((each) => each === search['state']);
  return { ...(show !== undefined && { show }), ...(state !== undefined && { state }) };
}
