import { counted } from '@writ/core';

/** One line of the log, as the logger writes it. */
type Entry = Readonly<Record<string, unknown>>;

/** At most this many lines a second: a flood at the broker must not flood the terminal as well. */
const MOST_LINES = 20;

/** Fields that have a place of their own in a line, or are left out. */
const PLACED = ['level', 'time', 'event', 'error', 'request_id', 'route', 'method', 'status', 'duration_ms', 'reason'];

/** Turns the log's lines into lines for people at a terminal: the time of day, what happened, and what goes with it. */
export function forPeople(write: (text: string) => void): { write(line: string): void } {
  let [second, written, left] = ['', 0, 0];
  return {
    write: (line) => {
      const entry: Entry = JSON.parse(line);
      const now = String(entry['time']).slice(0, 19);
      if (now !== second) {
        if (left > 0) write(`          and ${counted(left, 'more line', 'more lines')}\n`);
        [second, written, left] = [now, 0, 0];
      }
      const isError = Number(entry['level']) >= 50;
      if (written >= MOST_LINES && !isError) {
        left += 1;
        return;
      }
      written += 1;
      write(lineOf(entry));
    },
  };
}

function lineOf(entry: Entry): string {
  const time = new Date(String(entry['time'])).toTimeString().slice(0, 8);
  return `${time}  ${textOf(entry)}\n`;
}

function textOf(entry: Entry): string {
  const { event, reason } = entry;
  if (event === 'listening') return 'Ready. Ctrl-C stops it.';
  if (event === 'request') return requestText(entry);
  if (event === 'stopping') return `Stopping (${reason}) ...`;
  const said = typeof reason === 'string' ? reason : `${event}`.replaceAll(/[._]/g, ' ');
  const level = Number(entry['level']);
  const mark = level >= 50 ? 'ERROR  ' : level >= 40 ? 'Warning: ' : '';
  return [`${mark}${said}${moreOf(entry)}`, ...framesOf(entry['error'])].join('\n          ');
}

/** `200  clients.create  34 ms  jo@example.com` */
function requestText(entry: Entry): string {
  const { status, route, duration_ms } = entry;
  return `${status}  ${String(route).padEnd(22)} ${String(duration_ms).padStart(5)} ms${moreOf(entry)}`;
}

function moreOf(entry: Entry): string {
  return Object.entries(entry)
    .filter(([name]) => !PLACED.includes(name))
    .map(([name, value]) =>
      name === 'code' ? `  ${value}` : name === 'actor' ? actorText(value) : `  ${name} ${value}`,
    )
    .join('');
}

/** A user's id without its kind, which the id shows by itself: so the line fits 80 columns. */
function actorText(actor: unknown): string {
  return `  ${String(actor).replace(/^user:/, '')}`;
}

function framesOf(error: unknown): string[] {
  if (typeof error !== 'object' || error === null) return [];
  const { name, code, stack, cause } = error as Readonly<Record<string, unknown>>;
  const frames = Array.isArray(stack) ? stack.slice(0, 5).map(String) : [];
  return [
    `${name}${code === undefined ? '' : ` (${code})`}`,
    ...frames.map((frame) => `  ${frame}`),
    ...framesOf(cause),
  ];
}
