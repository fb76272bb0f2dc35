/** The broker's own questions to a provider: canonicalised, classified, authorized as reads, and sent by the gateway's dialler. */
import { type Authorized, type Classified, type Secret, WritError } from '@writ/core';
import type { Ask, EffectOverrides, Provider, Question } from '@writ/providers';
import { canonicalHead, canonicalise } from '../judge/canonicalise.ts';
import { classifyAnew } from '../judge/classify.ts';
import { noteQuestion } from '../judge/client-budgets.ts';
import type { Credential } from '../ports.ts';
import { HeaderTable } from '../take/header-table.ts';
import type { Dispatch } from './dial.ts';
import { searcherFor } from './echo-guard.ts';
import { fetchBody, type WholeAnswer } from './fetch-body.ts';
import { type Destinations, upstreamRequest } from './upstream-request.ts';

/** The parts that asking uses. */
export interface AskDeps {
  readonly dispatch: Dispatch;
  readonly connection: Destinations;
  readonly provider: Provider;
  /** Gives the proof for a question that only reads; `reveals`: it may also reveal. Throws for any other question. */
  authorize(classified: Classified, reveals: boolean): Authorized;
  /** Opens the root credential for the question. */
  credential(authorized: Authorized): Promise<Credential>;
  /** Flags the root credential, because the upstream echoed it. */
  echoed(authorized: Authorized): Promise<void>;
}

/** The overrides for the broker's own questions: none, since these questions are reviewed in the provider's folder. */
const NO_OVERRIDES: EffectOverrides = new Map();

/** Makes the `Ask` of one connection. */
export function createAsk(asking: AskDeps): Ask {
  const { dispatch, connection } = asking;
  return async (question) => {
    noteQuestion();
    const reveals = asking.provider.revealing?.has(question.name) === true;
    const authorized = asking.authorize(classifyOwn(asking, question), reveals);
    const credential = await asking.credential(authorized);
    const signature = await credential.sign(authorized.value.forward);
    const answer = await fetchBody(dispatch, upstreamRequest(connection, { authorized, signature }));
    if (holds(answer, credential.secret)) {
      await asking.echoed(authorized);
      const detail = `The provider was asked ${question.name}, and its answer held the root credential and was withheld.`;
      throw new WritError('upstream_unavailable', { detail });
    }
    return answer;
  };
}

function holds({ headers, body }: WholeAnswer, secret: Secret): boolean {
  const searcher = searcherFor(secret);
  return searcher.found(body) || searcher.found(Buffer.from([...headers].flat().join('\n'), 'latin1'));
}

function classifyOwn({ provider, connection: { others } }: AskDeps, { request }: Question) {
  const { method, path, query, headers, body } = request;
  const raw = {
    method,
    target: query === '' ? path : `${path}?${query}`,
    headers: new HeaderTable(Object.entries(headers).flat()),
  };
  return classifyAnew({ provider, overrides: NO_OVERRIDES, others }, canonicalise(canonicalHead(raw, provider), body));
}
