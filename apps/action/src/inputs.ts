/** The inputs of the action, as `action.yml` names them. */
import { getInput } from '@actions/core';
import { defined, detailsSchema, inputProblems, isLoopbackUrl, JsonError, parseJsonStrictly } from '@writ/core';
import type { ActionConfig } from './config.ts';
import { Failure } from './failure.ts';

/** What a token is asked for with. */
export interface Inputs {
  /** Without a slash at its end. */
  readonly url: string;
  readonly clientId: string;
  readonly audience: string;
  /** JSON, as given. */
  readonly authorizationDetails?: string;
  readonly task?: string;
}

const MOST_TASK = 200;

/** Reads the inputs. Throws a `Failure` for one that is missing or wrong. */
export function readInputs(config: ActionConfig): Inputs {
  const url = readUrl(needed('url'));
  const clientId = needed('client-id');
  const authorizationDetails = readDetails(getInput('authorization-details'));
  const task = getInput('task') || config.run.slice(0, MOST_TASK);
  if (task.length > MOST_TASK) throw new Failure(`The input task must be at most ${MOST_TASK} characters.`);
  return {
    url,
    clientId,
    audience: getInput('audience') || `${url}/ci/${clientId}`,
    ...defined({ authorizationDetails, task: task || undefined }),
  };
}

function needed(name: string): string {
  const value = getInput(name);
  if (value === '') throw new Failure(`The input ${name} is missing.`);
  return value;
}

/** The job's identity goes there: nobody on the way may read it. */
function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackUrl(text));
  if (url === undefined || !isSafe) throw new Failure('The input url must be an https address.');
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw new Failure('The input url must be an address alone, without a password, a query or a fragment.');
  return text.replace(/\/+$/, '');
}

function readDetails(text: string): string | undefined {
  if (text === '') return undefined;
  const value = parsed(text);
  const read = detailsSchema.safeParse(value);
  if (read.success) return text;
  const [first] = inputProblems(read.error, value);
  throw new Failure(
    `The input authorization-details is wrong: ${first?.field || 'it'} ${first?.problem ?? 'is none'}.`,
  );
}

function parsed(text: string): unknown {
  try {
    return parseJsonStrictly(text);
  } catch (error) {
    throw error instanceof JsonError ? new Failure(`The input authorization-details ${error.message}.`) : error;
  }
}
