/** The grant type `client_credentials` (RFC 6749 section 4.4): a token within the client's grants, bound to a task. */
import type { Ctx } from '../context.ts';
import { readResource, readTask, refuseScope } from './asked.ts';
import type { GrantRequest } from './bound-key.ts';
import { issueFor, type TokenResponse } from './issue.ts';
import { ownOrigin } from './origin.ts';

/** Issues a token. Throws `OAuthError`, or `WritError` (`unavailable`) when it could not be recorded. */
export async function clientCredentials(ctx: Ctx, request: GrantRequest): Promise<TokenResponse> {
  refuseScope(request.form);
  const resource = await readResource(ctx, request);
  const task = readTask(request);
  const jkt = await request.provenKey();
  return await issueFor(ctx, { ...request, resource, task, jkt, originOf: async ({ client }) => ownOrigin(client) });
}
