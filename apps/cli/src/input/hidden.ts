import type { ReadStream, WriteStream } from 'node:tty';
import { inert } from '@writ/core';

const ENTER = ['\r', '\n'];
const ERASE = ['\u007f', '\b'];
const END = ['\u0003', '\u0004'];

/** Asks on a terminal without showing what is typed. Ctrl-C ends the process with 130. */
export function readHidden(stdin: ReadStream, stderr: WriteStream, question: string): Promise<string> {
  // Before the question: whoever answers at once is not shown either.
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  stdin.resume();
  stderr.write(`${inert(question)}: `);
  return new Promise((resolve) => {
    let typed: string[] = [];
    const finish = (): void => {
      stdin.off('data', onData);
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write('\n');
    };
    const onData = (text: string): void => {
      for (const character of text) {
        if (END.includes(character)) {
          finish();
          process.exit(130);
        }
        if (ENTER.includes(character)) {
          finish();
          resolve(typed.join(''));
          return;
        }
        if (ERASE.includes(character)) typed = typed.slice(0, -1);
        else typed.push(character);
      }
    };
    stdin.on('data', onData);
  });
}
