/**
 * Token exchange (RFC 8693) and its jwt-bearer spelling (RFC 7523): a workload's own token, or one of Writ's, for an access token. The
 * two spellings are one from here on.
 */
import { type ExchangeParameters, GRANT_TYPES, parseResource, readExchange, TOKEN_TYPES } from '@writ/tokens';
import type { Ctx } from '../../context.ts';
import type { Presented } from '../client/authenticate.ts';
import type { GrantRequest } from '../client/bound-key.ts';
import type { ClientRequest } from '../client/endpoint.ts';
import type { Form } from '../client/form.ts';
import { OAuthError } from '../client/oauth-error.ts';
import { refuseScope } from '../issue/asked.ts';
import type { TokenResponse } from '../issue/issue.ts';
import { delegate, proveActor } from './delegation.ts';
import { issueToWorkload, proveWorkload } from './workload.ts';

/** Tells who asks: a workload, by its own token; or the client that is to act, by authenticating. Throws `OAuthError`. */
export async function proveExchange(ctx: Ctx, presented: Presented): Promise<ClientRequest> {
  const { kind, token, actor_token } = exchangeOf(presented.form);
  const request =
    kind === 'workload'
      ? await proveWorkload(ctx, { presented, token })
      : await proveActor(ctx, { presented, actor_token });
  return { ...request, form: withResource(ctx, request.form) };
}

/** Issues a token for the one that is exchanged. Throws `OAuthError`, or `WritError` (`unavailable`). */
export async function issueExchanged(ctx: Ctx, request: GrantRequest): Promise<TokenResponse> {
  refuseScope(request.form);
  const { kind, token } = exchangeOf(request.form);
  const response = kind === 'workload' ? await issueToWorkload(ctx, request) : await delegate(ctx, { request, token });
  const isBearer = request.form.get('grant_type') === GRANT_TYPES.jwt_bearer;
  return isBearer ? response : { ...response, issued_token_type: TOKEN_TYPES.access_token };
}

const NAMES = [
  'subject_token',
  'subject_token_type',
  'actor_token',
  'actor_token_type',
  'requested_token_type',
  'assertion',
] as const satisfies readonly (keyof ExchangeParameters)[];

function exchangeOf(form: Form) {
  const given = NAMES.flatMap((name) => {
    const value = form.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const read = readExchange({ grant_type: form.get('grant_type') ?? '', ...Object.fromEntries(given) });
  if (!read.ok) throw new OAuthError(read.error, `${read.description}.`);
  return read;
}

/** RFC 8693's `audience` is taken for `resource` (model#exchange). */
function withResource({ config }: Ctx, form: Form): Form {
  const audience = form.get('audience');
  if (audience === undefined) return form;
  const audOf = (value: string): string => parseResource(value, config.publicUrl)?.aud ?? value;
  if (audOf(form.get('resource') ?? audience) !== audOf(audience)) {
    throw new OAuthError('invalid_target', 'One token is for one resource: audience and resource name two.');
  }
  return new Map([...form, ['resource', audience]]);
}
