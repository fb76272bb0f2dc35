/** A terminal whose keys a test types. */
import { PassThrough } from 'node:stream';
import type { ReadStream, WriteStream } from 'node:tty';
import { type Prompt, terminalPrompt } from '../../apps/cli/src/input/prompt.ts';

/** What a person sees and types. */
export interface Screen {
  readonly prompt: Prompt;
  /** What became of the terminal: raw or not, and when the program was stopped. */
  readonly happened: string[];
  /** Goes on as after `fg`. */
  continue(): void;
  /** Types without looking at the screen. */
  typeBlind(sent: string): void;
  /** Sends this once the screen shows `after`, since the last time it was waited for. */
  type(after: string, sent: string): Promise<void>;
  /** All that was written. */
  shown(): string;
}

/** Opens a terminal of so many columns. */
export function openScreen(columns = 80): Screen {
  const happened: string[] = [];
  const listeners = new Set<() => void>();
  const setRawMode = (isRaw: boolean) => void happened.push(isRaw ? 'raw' : 'cooked');
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode });
  let [screen, seen] = ['', 0];
  let waiting: (() => void) | undefined;
  const write = (text: string): boolean => {
    screen += text;
    waiting?.();
    return true;
  };
  const terminal = {
    stdin: stdin as unknown as ReadStream,
    stderr: { write, columns } as unknown as WriteStream,
    plain: false,
    job: {
      suspend: () => happened.push('stopped') > 0,
      onContinue: (listener: () => void) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
  };
  return {
    prompt: terminalPrompt(terminal, { remark: (text) => void write(`${text}\n`) }),
    happened,
    continue: () => {
      for (const listener of listeners) listener();
    },
    typeBlind: (sent) => void stdin.write(sent),
    shown: () => screen,
    type: async (after, sent) => {
      while (!screen.slice(seen).includes(after)) {
        await new Promise<void>((resolve) => (waiting = resolve));
      }
      seen = screen.indexOf(after, seen) + after.length;
      stdin.write(sent);
    },
  };
}
