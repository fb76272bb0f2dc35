import type { Provider } from '../../parts/providers.ts';
import type { Client } from './words.tsx';

/** Where a client's calls go. */
export interface Place {
  readonly origin: string;
  readonly client: Client;
  readonly connection: string;
  readonly provider: Provider;
}

/** Text to be pasted somewhere. */
export interface Ready {
  readonly title: string;
  readonly about: string;
  readonly text: string;
}

/** Everything that is ready to be pasted for a client on one connection, from what the provider tells of its own tools. */
export function snippetsFor(place: Place): readonly Ready[] {
  return place.client.auth.method === 'federated'
    ? [githubJob(place), otherJob(place)]
    : [commandLine(place), forAgents(place)];
}

/** The settings by which the provider's own tools go through Writ. */
function settings({ origin, connection, provider }: Place, token: string): readonly (readonly [string, string])[] {
  const { token: names, base_url } = provider.environment_variables;
  return [
    ...names.slice(0, 1).map((name) => [name, token] as const),
    ...base_url.map((name) => [name, `${origin}/gateway/${connection}`] as const),
  ];
}

function commandLine(place: Place): Ready {
  const { client, origin } = place;
  const option =
    client.auth.method === 'private_key_jwt'
      ? `--key-file ${client.client_id}.jwk`
      : `--secret-file ${client.client_id}.secret`;
  return {
    title: 'In a terminal',
    about: `A token for one task, then the tools of ${place.provider.title} as they are.`,
    text: [
      `export WRIT_URL=${origin}`,
      `TOKEN=$(npx writ token ${client.client_id} ${option} --task "say here what it is for" --raw)`,
      ...settings(place, '"$TOKEN"').map(([name, value]) => `export ${name}=${value}`),
    ].join('\n'),
  };
}

function forAgents(place: Place): Ready {
  const { origin, connection, provider, client } = place;
  return {
    title: 'For the agent to read',
    about: 'For its instructions: how it gets what it needs, and what to do with a refusal.',
    text: [
      `${provider.title} is reached through Writ at ${origin}/gateway/${connection}, with a token for each task.`,
      `Get one from ${origin}/oauth/token as the client ${client.client_id}: grant_type=client_credentials, and task=what you are about to do, in one sentence.`,
      `Paths are those of ${provider.title}: ${provider.example.method} ${origin}/gateway/${connection}${provider.example.path}`,
      'A refusal says what to do next: do that, and look for no other credential. What waits for a person is repeated after they said yes.',
    ].join('\n'),
  };
}

function githubJob(place: Place): Ready {
  const { origin, client } = place;
  const env = settings(place, '$token').map(([name, value]) => `          export ${name}="${value}"`);
  return {
    title: 'A job of GitHub Actions',
    about: 'It shows its identity and gets a token of a few minutes; no secret is stored anywhere.',
    text: `permissions: {id-token: write, contents: read}
steps:
  - run: |
      identity=$(curl -fsS -H "authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" \\
        "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=${encodeURIComponent(audience(client))}" | jq -r .value)
      token=$(printf %s "$identity" | curl -fsS ${origin}/oauth/token \\
        -d grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer -d client_id=${client.client_id} \\
        --data-urlencode assertion@- | jq -er .access_token)
      echo "::add-mask::$token"
${env.map((line) => line.slice(4)).join('\n')}
      ./deploy.sh`,
  };
}

function otherJob(place: Place): Ready {
  const { origin, client } = place;
  return {
    title: 'A job of any other CI system',
    about: `With the identity token of the job in WRIT_ID_TOKEN, made for the audience ${audience(client)}.`,
    text: [
      'set -eu',
      `token=$(printf %s "$WRIT_ID_TOKEN" | curl -fsS ${origin}/oauth/token \\`,
      `  -d grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer -d client_id=${client.client_id} \\`,
      '  --data-urlencode assertion@- | jq -er .access_token)',
      ...settings(place, '"$token"').map(([name, value]) => `export ${name}=${value}`),
      './deploy.sh',
    ].join('\n'),
  };
}

function audience({ auth }: Client): string {
  return auth.method === 'federated' ? auth.audience : '';
}
