import type { Job } from './terminal.ts';

/** The job that a shell started: this process with all of its group, such as the `npx` before it. */
export const processJob: Job = {
  suspend: () => {
    if (process.platform === 'win32') return false;
    process.kill(0, 'SIGTSTP');
    return true;
  },
  onContinue: (listener) => {
    process.on('SIGCONT', listener);
    return () => void process.off('SIGCONT', listener);
  },
};
