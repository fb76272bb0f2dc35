/** The broker's own questions to a provider: canonicalised, classified, authorized as reads, and sent by the gateway's dialler. */
import { type Authorized, type Classified, type JsonRules, parseJsonStrictly, WritError } from '@writ/core';
import type { Ask, EffectOverrides, Provider, Question } from '@writ/providers';
import { canonicalHead, canonicalise } from '../judge/canonicalise.ts';
import { classify } from '../judge/classify.ts';
import { noteQuestion } from '../judge/client-budgets.ts';
import type { Credential, GatewayConnection } from '../ports.ts';
import { HeaderTable } from '../take/header-table.ts';
import type { Dispatch } from './dial.ts';
import { searcherFor } from './echo-guard.ts';
import { fetchBody } from './fetch-body.ts';
import { upstreamRequest } from './upstream-request.ts';

/** What asking works with. */
export interface Asking {
  readonly dispatch: Dispatch;
  readonly connection: Pick<GatewayConnection, 'slug' | 'origin' | 'base_url' | 'allow_private'>;
  readonly provider: Provider;
  /** Gives the proof for a question that only reads. Throws for any other. */
  authorize(classified: Classified): Authorized;
  /** Opens the root credential that the provider is asked with. */
  credential(authorized: Authorized): Promise<Credential>;
  /** The upstream echoed the root credential: flags it. */
  echoed(authorized: Authorized): Promise<void>;
}

/** Effects that an owner raised are not looked at: the broker's questions are reviewed in the provider's folder. */
const NO_OVERRIDES: EffectOverrides = new Map();

/** Makes the `Ask` of one connection. */
export function createAsk(asking: Asking): Ask {
  const { dispatch, connection, provider } = asking;
  return async (question) => {
    noteQuestion();
    const authorized = asking.authorize(classifyOwn(provider, question));
    const credential = await asking.credential(authorized);
    const signature = await credential.sign(authorized.value.forward);
    const answer = await fetchBody(dispatch, upstreamRequest(connection, { authorized, signature }));
    if (searcherFor(credential.secret).found(answer.body)) {
      await asking.echoed(authorized);
      throw unavailable(question, 'its answer held the root credential and was withheld');
    }
    if (answer.status === 401 || answer.status === 403) throw rejected(asking, answer.status);
    if (answer.status !== 200) throw unavailable(question, statusSaid(answer.status), answer.retry_after);
    return parse(question, answer.body);
  };
}
function classifyOwn(provider: Provider, { request }: Question) {
  const { method, path, query, headers, body } = request;
  const raw = {
    method,
    target: query === '' ? path : `${path}?${query}`,
    headers: new HeaderTable(Object.entries(headers).flat()),
  };
  return classify({ provider, overrides: NO_OVERRIDES }, canonicalise(canonicalHead(raw, provider), body));
}

/** Answers are as long as `fetchBody` lets them be, and their numbers are sizes and counts, by which nothing is decided. */
const ANSWER: JsonRules = { bytes: Number.POSITIVE_INFINITY, depth: 64, numbers: 'rounded' };

function parse(question: Question, body: Uint8Array): unknown {
  try {
    return parseJsonStrictly(body, ANSWER);
  } catch {
    throw unavailable(question, 'its answer could not be read');
  }
}

function statusSaid(status: number): string {
  return status === 429 ? 'it takes no more requests with this root credential for now (429)' : `it answered ${status}`;
}

function unavailable({ name }: Question, why: string, retry_after?: number): WritError {
  const detail = `The provider was asked ${name}, and ${why}.`;
  return new WritError('upstream_unavailable', { detail, ...(retry_after === undefined ? {} : { retry_after }) });
}

function rejected({ connection, provider }: Asking, status: number): WritError {
  const detail = `${provider.title} does not accept the root credential of the connection ${connection.slug} (it answered ${status}). An administrator must replace it.`;
  return new WritError('credential_rejected', { detail });
}
