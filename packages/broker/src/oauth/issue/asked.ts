/** The parameters of a token request that are Writ's own: for what task, for how long, for which resource. */
import { countCharacters, inert, isId } from '@writ/core';
import type { Client } from '@writ/store';
import { parseResource } from '@writ/tokens';
import type { Ctx } from '../../context.ts';
import type { Form } from '../client/form.ts';
import { OAuthError } from '../client/oauth-error.ts';

/** Which resource a token is for. */
export type Resource = { readonly aud: string } & (
  | { readonly kind: 'gateway'; readonly connection?: string }
  | { readonly kind: 'api' }
);

const MOST_PURPOSE = 200;

/** Reads `resource` (RFC 8707): one of Writ's own, compared as a URL. Throws `OAuthError` (`invalid_target`). */
export async function readResource(
  ctx: Ctx,
  { form, client }: { readonly form: Form; readonly client: Client },
): Promise<Resource> {
  const issuer = ctx.config.publicUrl;
  const named = form.get('resource');
  if (named === undefined) return { kind: 'gateway', aud: `${issuer}/gateway` };
  const asked = parseResource(named, issuer);
  if (asked?.kind === 'gateway') return { kind: 'gateway', aud: asked.aud };
  if (asked?.kind === 'admin') {
    if (client.kind === 'automation') return { kind: 'api', aud: asked.aud };
    throw new OAuthError('invalid_target', 'Only clients of kind automation get tokens for the admin API.');
  }
  const state = asked === undefined ? undefined : await ctx.live.connections.get(asked.connection);
  if (asked === undefined || state === undefined) {
    throw new OAuthError('invalid_target', 'The resource is not one of this server.');
  }
  return { kind: 'gateway', aud: asked.aud, connection: state.slug };
}

/** Which task a token is for: a new one, or one that it continues. */
export type AskedTask =
  | { readonly begins: true; readonly purpose: string | null }
  | { readonly begins: false; readonly id: string };

/** Reads `task` and `task_id`. Throws `OAuthError` (`invalid_request`). */
export function readTask({ form, client }: { readonly form: Form; readonly client: Client }): AskedTask {
  const purpose = form.get('task')?.trim();
  const id = form.get('task_id');
  if (purpose !== undefined && id !== undefined)
    throw new OAuthError('invalid_request', 'Give task or task_id, not both.');
  if (id !== undefined) {
    if (!isId('task', id)) throw noSuchTask();
    return { begins: false, id };
  }
  if (purpose !== undefined && countCharacters(purpose) > MOST_PURPOSE) {
    throw new OAuthError('invalid_request', `task must be at most ${MOST_PURPOSE} characters.`);
  }
  if ((purpose === undefined || purpose === '') && client.settings.require_task === true) {
    throw new OAuthError('invalid_request', 'This client must say with task what its tokens are for.');
  }
  return { begins: true, purpose: purpose === undefined || purpose === '' ? null : inert(purpose) };
}

/** The same for a task that is not there and for somebody else's. */
export function noSuchTask(): OAuthError {
  return new OAuthError(
    'invalid_request',
    'task_id is not a live task of this client: it has ended, or never was. Begin another with task.',
  );
}

/** Reads `expires_in`, seconds. Throws `OAuthError` (`invalid_request`). */
export function readExpiresIn(form: Form): number | undefined {
  const text = form.get('expires_in');
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new OAuthError('invalid_request', 'expires_in must be a whole number of seconds.');
  return Number(text);
}

/** Refuses `scope`: what a token may do is said in `authorization_details` alone. Throws `OAuthError` (`invalid_scope`). */
export function refuseScope(form: Form): void {
  if (!form.has('scope')) return;
  throw new OAuthError('invalid_scope', 'No scopes are known: say what the token is to do in authorization_details.');
}
