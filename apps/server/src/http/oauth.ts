/** The OAuth endpoints: forms in, OAuth's own JSON out (model#metadata), and the documents by which they are found. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type Ctx,
  gatewayMetadata,
  introspectToken,
  issueToken,
  type OAuthReply,
  type OAuthRequest,
  oauthMetadata,
  openidMetadata,
  type PublicActor,
  publicKeys,
  revokeOwnToken,
} from '@writ/broker';
import { connectionSlugSchema, makeId, readMediaType, WritError } from '@writ/core';
import { type Arrival, DEFAULT_LIMITS, HeaderTable, preferredWait } from '@writ/gateway';
import type { AdapterDeps, App } from './adapter.ts';
import { readBody } from './body.ts';
import type { MethodTable } from './methods.ts';
import { problemReply, securityHeaders } from './reply.ts';

const FORM_LIMIT = 32 * 1024;

const NO_PROOFS: readonly string[] = [];

/** The endpoints that take a client's form, by path. */
const FORMS: Readonly<Record<string, (ctx: Ctx<PublicActor>, request: OAuthRequest) => Promise<OAuthReply>>> = {
  '/oauth/token': issueToken,
  '/oauth/introspect': introspectToken,
  '/oauth/revoke': revokeOwnToken,
};

const CONNECTION_METADATA = '/.well-known/oauth-protected-resource/gateway/{connection}';
const KEY_SET = '/.well-known/jwks.json';
const AUTHORIZE_PATH = '/oauth/authorize';

/** The authorization endpoint's answer to everybody (RFC 6749 section 4.1.2.1): it never redirects. */
const NO_SIGN_IN = {
  error: 'unsupported_response_type',
  error_description: 'Nobody signs in here: clients ask for tokens at the token endpoint.',
};

/** Adds the endpoints and the documents to the app. */
export function addOAuth(app: App, deps: AdapterDeps, methods: MethodTable): void {
  const { services } = deps;
  // A path in its usual spelling never comes here; a router knows other spellings of it.
  for (const [path, verb] of Object.entries(FORMS)) {
    app.post(path, async (c) => {
      const { incoming, outgoing } = c.env;
      const posted = { path, verb, incoming, outgoing, arrival: deps.arrivalOf(c.env) };
      const { status, headers, body = null } = await answerForm(deps, posted);
      return new Response(body, { status, headers });
    });
    methods.add(path, ['POST']);
  }
  app.all(AUTHORIZE_PATH, () => json(deps, NO_SIGN_IN, {}, 400));
  const documents = {
    '/.well-known/oauth-authorization-server': () => oauthMetadata(services),
    '/.well-known/openid-configuration': () => openidMetadata(services),
    '/.well-known/oauth-protected-resource/gateway': () => gatewayMetadata(services),
  };
  for (const [path, document] of Object.entries(documents)) app.get(path, () => json(deps, document()));
  for (const path of [...Object.keys(documents), CONNECTION_METADATA, KEY_SET]) methods.add(path, ['GET']);
  app.get('/.well-known/oauth-protected-resource/gateway/:connection', (c) => {
    const slug = connectionSlugSchema.safeParse(c.req.param('connection'));
    return slug.success ? json(deps, gatewayMetadata(services, slug.data)) : c.notFound();
  });
  app.get(KEY_SET, (c) => {
    const headers = { 'content-type': keySetType(c.env.incoming), 'cache-control': 'public, max-age=300' };
    return json(deps, publicKeys(services), headers);
  });
}

/** Answers a request to an endpoint that takes a form; tells whether it is one. */
export type FormDoor = (request: IncomingMessage, response: ServerResponse, arrival: Arrival) => boolean;

/** Makes what answers these endpoints on Node's own request and response: agents and jobs ask for tokens all the time. */
export function createFormDoor(deps: AdapterDeps): FormDoor {
  return (incoming, response, arrival) => {
    const path = incoming.url ?? '';
    const verb = incoming.method === 'POST' && Object.hasOwn(FORMS, path) ? FORMS[path] : undefined;
    if (verb === undefined) return false;
    answerForm(deps, { path, verb, incoming, outgoing: response, arrival }).then(
      ({ status, headers, body = '' }) => {
        response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
      },
      (error: unknown) => {
        deps.services.log.error('request_failed', error);
        response.destroy();
      },
    );
    return true;
  };
}

/** An answer as it is written. */
interface Written {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface PostedForm {
  readonly path: string;
  readonly verb: (typeof FORMS)[string];
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly arrival: Arrival;
}

async function answerForm(deps: AdapterDeps, posted: PostedForm): Promise<Written> {
  const { path, verb, incoming, arrival } = posted;
  const { services } = deps;
  const ctx = contextOf(deps, arrival);
  try {
    const familiar = arrival.isFamiliar;
    const form = await readForm(incoming, arrival);
    if (form.refused !== undefined) return oauthError(deps, form.refused);
    const { authorization, dpop } = incoming.headers;
    // Node makes a list for each header: so this is asked only where there is one.
    const proofs = dpop === undefined ? NO_PROOFS : (incoming.headersDistinct['dpop'] ?? NO_PROOFS);
    const waits = incoming.headers['prefer'] === undefined ? {} : waitOf(posted);
    const {
      status,
      headers,
      body,
      waits: isPending,
    } = await verb(ctx, { authorization, form: form.text, proofs, familiar, ...waits });
    if (status < 300 || isPending === true) arrival.authenticated(`clients of ${arrival.source.network}`);
    return written(deps, body, { ...headers, 'writ-request': ctx.request_id }, status);
  } catch (error) {
    await arrival.letWait(error);
    if (!(error instanceof WritError))
      services.log.error('request_failed', error, {
        request_id: ctx.request_id,
        route: path.slice(1).replace('/', '.'),
      });
    return problemReply(deps.services, error, ctx.request_id);
  }
}

/** How long the client would wait (RFC 7240), and how to learn that it has gone. While it waits it holds no place of a stranger. */
function waitOf({ incoming, outgoing, arrival }: PostedForm): Pick<OAuthRequest, 'wait_ms' | 'gone' | 'proved'> {
  const wait_ms = preferredWait(new HeaderTable(incoming.rawHeaders), DEFAULT_LIMITS.waiting_ms);
  if (wait_ms === 0) return {};
  const gone = new AbortController();
  outgoing.once('close', () => gone.abort());
  return {
    wait_ms,
    gone: gone.signal,
    proved: () => arrival.authenticated(`clients of ${arrival.source.network}`),
  };
}

function contextOf({ services }: AdapterDeps, { source }: Arrival): Ctx<PublicActor> {
  const request_id = makeId('request', { now: services.now(), randomBytes: services.randomBytes });
  return { ...services, actor: { kind: 'public' }, request_id, address: source.address };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

type FormText = { readonly text: string; readonly refused?: undefined } | { readonly refused: string };

async function readForm(incoming: IncomingMessage, arrival: Arrival): Promise<FormText> {
  const type = incoming.headers['content-type'] ?? '';
  if (readMediaType(type)?.type !== 'application/x-www-form-urlencoded') {
    return { refused: 'The body must be application/x-www-form-urlencoded.' };
  }
  if ((incoming.headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity') {
    return { refused: 'The body must not be compressed.' };
  }
  if (incoming.url?.includes('?')) return { refused: 'Parameters belong in the body, not in the URL.' };
  try {
    return { text: utf8.decode(await readBody(arrival, FORM_LIMIT)) };
  } catch (error) {
    if (error instanceof WritError) throw error;
    return { refused: 'The body is not UTF-8.' };
  }
}

function oauthError(deps: AdapterDeps, error_description: string): Written {
  return written(deps, { error: 'invalid_request', error_description }, {}, 400);
}

/** The media type: some clients accept the registered one only, others nothing but JSON. */
function keySetType({ headers: { accept = '' } }: IncomingMessage): string {
  const wantsJson = accept.includes('application/json') && !accept.includes('application/jwk-set+json');
  return wantsJson ? 'application/json' : 'application/jwk-set+json';
}

function json(
  deps: AdapterDeps,
  body: object | undefined,
  headers: Readonly<Record<string, string>> = {},
  status = 200,
): Response {
  const { body: text = null, ...rest } = written(deps, body, headers, status);
  return new Response(text, rest);
}

function written(
  deps: AdapterDeps,
  body: object | undefined,
  headers: Readonly<Record<string, string>> = {},
  status = 200,
): Written {
  const always = securityHeaders(deps.services.config);
  if (body === undefined) return { status, headers: { ...always, ...headers } };
  const type = { 'content-type': 'application/json' };
  return { status, headers: { ...always, ...type, ...headers }, body: `${JSON.stringify(body)}\n` };
}
