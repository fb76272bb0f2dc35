/** The main step: the job's identity for an access token. */
import { info, setFailed, setOutput, setSecret } from '@actions/core';
import { exchange } from './broker.ts';
import { readConfig } from './config.ts';
import { sentenceOf } from './failure.ts';
import { askIdentity } from './identity.ts';
import { readInputs } from './inputs.ts';
import { hold } from './state.ts';

async function main(): Promise<void> {
  const config = readConfig();
  const inputs = readInputs(config);
  const identity = await askIdentity(config, inputs.audience);
  const token = await exchange(inputs, identity);
  // Masked before anything else can print it, and left to be ended before anything else can fail.
  setSecret(token.expose());
  hold({ url: inputs.url, token });
  setOutput('access-token', token.expose());
  info(`Writ gave ${inputs.clientId} an access token; it ends with this job.`);
}

main().catch((error: unknown) => setFailed(sentenceOf(error)));
