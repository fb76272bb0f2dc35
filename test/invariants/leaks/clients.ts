import { randomBytes } from 'node:crypto';
import { type Agent, basic, type Scene } from '../../support/scene.ts';
import type { Evidence } from './evidence.ts';

/** Client secrets, assertions and access tokens, where they belong and where they do not. Returns an access token. */
export async function clients(
  scene: Scene,
  { evidence, agent }: { evidence: Evidence; agent: Agent },
): Promise<string> {
  const rotated = await scene.send(`/api/v1/clients/${agent.client_id}/rotate-secret`, {
    method: 'POST',
    headers: { cookie: scene.owner.cookie },
  });
  const { client_secret } = JSON.parse(rotated.text) as { client_secret: string };
  evidence.plant('the rotated secret', client_secret);
  evidence.keep('rotate-secret', rotated.text, client_secret);
  const now: Agent = { client_id: agent.client_id, secret: client_secret };
  const ask = async (fields: Record<string, string>, headers: Record<string, string> = { authorization: basic(now) }) =>
    scene.send('/oauth/token', {
      method: 'POST',
      headers,
      body: new URLSearchParams({ grant_type: 'client_credentials', ...fields }),
    });
  for (const answer of [
    await ask({}, { authorization: basic(agent) }),
    await ask({ client_id: now.client_id, client_secret }, {}),
    await ask({ client_secret }),
    await ask({ grant_type: client_secret }),
    await ask({ task_id: client_secret, resource: client_secret }),
    await ask({ authorization_details: client_secret }),
    await ask({ authorization_details: JSON.stringify([{ type: client_secret, connection: client_secret }]) }),
    await scene.send(`/oauth/token?client_secret=${client_secret}`, {
      method: 'POST',
      headers: { authorization: basic(now) },
    }),
    await scene.send('/oauth/token', {
      method: 'POST',
      headers: { authorization: `Bearer ${client_secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ client_secret }),
    }),
  ]) {
    evidence.keep('the token endpoint', answer.text + JSON.stringify([...answer.headers]));
  }
  const assertion = evidence.plant(
    'a client assertion',
    `${'e30'.repeat(8)}.${randomBytes(40).toString('base64url')}.${randomBytes(64).toString('base64url')}`,
  );
  evidence.keep(
    'client assertion',
    (
      await ask(
        {
          client_assertion: assertion,
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        },
        {},
      )
    ).text,
  );
  const issued = await ask({ task: 'to plant markers' });
  const { access_token } = JSON.parse(issued.text) as { access_token: string };
  evidence.plant('the signature of the access token', access_token.slice(access_token.lastIndexOf('.') + 1));
  evidence.keep('token issued', issued.text, access_token);
  return access_token;
}
