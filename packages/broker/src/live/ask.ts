/** The broker's own questions to a provider: canonicalised, classified, authorized as reads, and sent by the gateway's dialler. */
import { type JsonRules, makeId, parseJsonStrictly, WritError } from '@writ/core';
import {
  canonicalHead,
  canonicalise,
  classify,
  type Dispatch,
  HeaderTable,
  noteQuestion,
  searcherFor,
  type UpstreamAddress,
  upstreamRequest,
} from '@writ/gateway';
import type { Ask, EffectOverrides, Provider, Question } from '@writ/providers';
import type { Connection } from '@writ/store';
import type { BaseServices } from '../context.ts';
import { authorizeRead } from '../record/authorize.ts';
import { flagCredential } from '../record/flag.ts';
import type { CredentialBox } from './credential-box.ts';
import { fetchBody } from './fetch-body.ts';

interface Facts {
  readonly row: Connection;
  readonly provider: Provider;
  readonly allow_private: boolean;
  readonly dispatch: Dispatch;
  readonly box: CredentialBox;
}

/** Effects that an owner raised are not looked at: the broker's questions are reviewed in the provider's folder. */
const NO_OVERRIDES: EffectOverrides = new Map();

/** Makes the `Ask` of one connection. */
export function createAsk(services: BaseServices, facts: Facts): Ask {
  const { row, provider, dispatch } = facts;
  const address: UpstreamAddress = { origin: row.origin, base_url: row.base_url, allow_private: facts.allow_private };
  return async (question) => {
    noteQuestion();
    const request_id = makeId('request', { now: services.now(), randomBytes: services.randomBytes });
    const classified = classifyOwn(provider, question);
    const authorized = authorizeRead({ connection_id: row.id, origin: row.origin, request_id, classified });
    const credential = await facts.box.open(authorized);
    const { target, options } = upstreamRequest(address, { authorized, credential });
    const answer = await fetchBody(dispatch, { target, options });
    if (searcherFor(credential.secret).found(answer.body)) {
      services.log.error('upstream.credential_echoed', new Error('a root credential was echoed'), {
        connection: row.slug,
      });
      await flagCredential(services, authorized.value);
      throw unavailable(question, 'its answer held the root credential and was withheld');
    }
    if (answer.status === 401 || answer.status === 403) throw rejected(facts, answer.status);
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

function rejected({ row, provider }: Facts, status: number): WritError {
  const detail = `${provider.title} does not accept the root credential of the connection ${row.slug} (it answered ${status}). An administrator must replace it.`;
  return new WritError('credential_rejected', { detail });
}
