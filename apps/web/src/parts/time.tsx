import { useLocalStorage } from '@mantine/hooks';
import { useSyncExternalStore } from 'react';
import { brokerNow } from '../api/clock.ts';

/** The page's clock, which goes as the broker's: one timer for all times that are shown. Milliseconds since the epoch, to the second. */
const clock = (() => {
  const listeners = new Set<() => void>();
  let timer: ReturnType<typeof setInterval> | undefined;
  return {
    now: () => Math.floor(brokerNow() / 1_000) * 1_000,
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      timer ??= setInterval(() => {
        for (const each of [...listeners]) each();
      }, 1_000);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
})();

/** The time now, which goes on: for what counts down. */
export function useNow(): number {
  return useSyncExternalStore(clock.subscribe, clock.now);
}

/** Whether this person reads times as they stand on the clock, instead of how far off they are. */
const EXACT = 'writ-exact-times';

/** The switch between the two ways to show times, and what it is set to. */
export function useExactTimes(): readonly [isExact: boolean, set: (isExact: boolean) => void] {
  const [isExact, set] = useLocalStorage({ key: EXACT, defaultValue: false, getInitialValueInEffect: false });
  return [isExact, set];
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always', style: 'long' });
const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' });

/** How far a time is from now, in the largest unit that fits: `3 minutes ago`, `in 2 hours`. */
function relativeTime(at: string, now: number): string {
  const seconds = Math.round((Date.parse(at) - now) / 1_000);
  const distance = Math.abs(seconds);
  if (distance < 5) return 'now';
  const [unit, size] = UNITS.find(([, length]) => distance >= length) ?? ['second', 1];
  return relative.format(Math.trunc(seconds / size), unit);
}

/**
 * A time as people read it: how far off, with the exact one in its title, or the other way round for who has switched that: a title is out
 * of reach of keys and thumbs. `at` is an RFC 3339 text.
 */
export function Time({ at }: { readonly at: string }) {
  const now = useNow();
  const [isExact] = useExactTimes();
  const [shown, other] = [relativeTime(at, now), exact.format(new Date(at))];
  return (
    <time dateTime={at} title={isExact ? shown : other}>
      {isExact ? other : shown}
    </time>
  );
}

/** The time left, `59:07` or `1:02:05`; `0:00` afterwards. */
export function Countdown({ to }: { readonly to: string }) {
  const now = useNow();
  const left = Math.max(0, Math.ceil((Date.parse(to) - now) / 1_000));
  const [hours, minutes, seconds] = [Math.floor(left / 3_600), Math.floor(left / 60) % 60, left % 60];
  const two = (value: number): string => String(value).padStart(2, '0');
  return (
    <time dateTime={to} title={exact.format(new Date(to))}>
      {hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`}
    </time>
  );
}
