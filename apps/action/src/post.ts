/** The post step: ends the access token, also when the job failed. */
import { info, setSecret, warning } from '@actions/core';
import { endTask } from './broker.ts';
import { sentenceOf } from './failure.ts';
import { held } from './state.ts';

async function post(): Promise<void> {
  const left = held();
  if (left === undefined) return;
  setSecret(left.token.expose());
  await endTask(left.url, left.token);
  info('The access token is ended.');
}

// Not a failure: what the job did is done, and the token expires by itself.
post().catch((error: unknown) => warning(`${sentenceOf(error)} It expires within ten minutes of being issued.`));
