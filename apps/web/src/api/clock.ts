/** How far this machine's clock is from the broker's. */
export interface BrokerClock {
  /** Takes what an answer says of the broker's time: its `Date` (RFC 9110 section 6.6.1); when it was asked, and when it came. */
  heard(date: string | null, asked: number, came: number): void;
  /** The broker's time for a time of this machine, both in milliseconds since the epoch. */
  at(own: number): number;
}

/** What `Date` leaves out: it is cut to whole seconds. */
const CUT = 1_000;

/**
 * Makes a clock that goes as the broker's does: it alone says what has run out, and a phone whose own clock is wrong would count down to
 * another moment, and keep a person from what can still be answered. Each answer bounds how far the two are apart; within the bounds nothing
 * is moved, so that what counts down does not jump.
 */
export function createBrokerClock(): BrokerClock {
  let ahead = 0;
  return {
    heard: (date, asked, came) => {
      const said = Date.parse(date ?? '');
      if (Number.isNaN(said)) return;
      ahead = Math.min(Math.max(ahead, said - came), said + CUT - asked);
    },
    at: (own) => own + ahead,
  };
}

/** The page's. */
export const brokerClock = createBrokerClock();

/** The time now, by the broker's clock, in milliseconds since the epoch. */
export function brokerNow(): number {
  return brokerClock.at(Date.now());
}
