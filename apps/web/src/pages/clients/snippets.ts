import type { OutputOf } from '@writ/api';

type Provider = OutputOf<'providers.list'>['items'][number];
type CiSystem = OutputOf<'clients.ci_systems'>['items'][number];

/** Where a client's calls go. */
export interface Place {
  readonly origin: string;
  readonly client: Pick<OutputOf<'clients.get'>, 'client_id' | 'auth'>;
  readonly connection: string;
  readonly provider: Pick<Provider, 'title' | 'example' | 'environment_variables'>;
  /** The CI system of a client that proves itself by its job's identity, where it is known. */
  readonly system?: Pick<CiSystem, 'title' | 'obtain'> | undefined;
}

/** Text to be pasted somewhere. */
export interface Ready {
  readonly title: string;
  readonly about: string;
  readonly text: string;
  /** True for sentences. */
  readonly isProse?: boolean;
}

/** Everything that is ready to be pasted for a client on one connection, by how it proves who it is and what the provider's own tools read. */
export function snippetsFor(place: Place): readonly Ready[] {
  const { auth } = place.client;
  if (auth.method === 'client_secret_basic') return [withSecret(place), forAgents(place)];
  if (auth.method === 'private_key_jwt') return [withKey(place), forAgents(place)];
  const job = JOBS[auth.ci];
  return job === undefined ? [anyJob(place, auth.audience)] : [job(place, auth.audience)];
}

/** The settings by which the provider's own tools go through Writ. */
function settings({ origin, connection, provider }: Place, token: string): readonly string[] {
  const { token: names, base_url } = provider.environment_variables;
  return [
    ...names.slice(0, 1).map((name) => `export ${name}=${token}`),
    ...base_url.map((name) => `export ${name}=${origin}/gateway/${connection}`),
  ];
}

/** Takes the access token out of the answer: `sed` is everywhere, `jq` is not. */
const TAKE = `sed -n 's/.*"access_token":"\\([^"]*\\)".*/\\1/p'`;

/** Stops where no token came: an empty one would only be refused later, and say less. */
const CHECK = '[ -n "$token" ] || { echo "Writ gave no token" >&2; exit 1; }';

function withSecret(place: Place): Ready {
  const { client, origin, provider } = place;
  const { client_id } = client;
  return {
    title: 'In a script',
    about: `A token for one task, then the tools of ${provider.title} as they are. The secret is read from the file ${client_id}.secret, and is in no command.`,
    text: [
      `token=$(printf 'user = "%s:%s"\\n' ${client_id} "$(cat ${client_id}.secret)" |`,
      `  curl -sS -K - ${origin}/oauth/token -d grant_type=client_credentials \\`,
      `    --data-urlencode 'task=say here what it is for' | ${TAKE})`,
      CHECK,
      ...settings(place, '"$token"'),
    ].join('\n'),
  };
}

function withKey(place: Place): Ready {
  const { client, origin, provider } = place;
  return {
    title: 'In a script',
    about: `A token for one task, then the tools of ${provider.title} as they are. Writ's command line signs with the key in ${client.client_id}.jwk; it is run in the folder of Writ.`,
    text: [
      `export WRIT_URL=${origin}`,
      `token=$(npx writ token ${client.client_id} --key-file ${client.client_id}.jwk --task 'say here what it is for' --raw)`,
      CHECK,
      ...settings(place, '"$token"'),
    ].join('\n'),
  };
}

function forAgents(place: Place): Ready {
  const { origin, connection, provider, client } = place;
  const { client_id } = client;
  const proof =
    client.auth.method === 'private_key_jwt'
      ? `Sign in to it with the private key in ${client_id}.jwk (private_key_jwt).`
      : `Sign in to it by Basic with the secret in ${client_id}.secret.`;
  return {
    title: 'For the agent to read',
    about: 'For its instructions: how it gets what it needs, and what to do with a refusal.',
    isProse: true,
    text: [
      `${provider.title} is reached through Writ at ${origin}/gateway/${connection}, with a token for each task.`,
      `Get one from ${origin}/oauth/token as the client ${client_id}: grant_type=client_credentials, and task=what you are about to do, in one sentence. ${proof}`,
      `Paths are those of ${provider.title}: ${provider.example.method} ${origin}/gateway/${connection}${provider.example.path}`,
      'A refusal says what to do next: do that, and look for no other credential. What waits for a person is repeated after they said yes.',
    ].join('\n'),
  };
}

/** What every job runs once it has its identity on standard input: it ends with the settings of the provider's tools. */
function exchange(place: Place): readonly string[] {
  const { origin, client } = place;
  return [
    `  curl -sS ${origin}/oauth/token -d client_id=${client.client_id} \\`,
    '    -d grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer \\',
    `    --data-urlencode assertion@- | ${TAKE})`,
    CHECK,
  ];
}

type Job = (place: Place, audience: string) => Ready;

const ABOUT = 'It shows its identity and gets a token of a few minutes; no secret is stored anywhere.';

/** The jobs of systems whose file is known; those of others begin with a script. */
const JOBS: Readonly<Record<string, Job>> = {
  github_actions: (place, audience) => ({
    title: 'A job of GitHub Actions',
    about: ABOUT,
    text: [
      'on: {push: {branches: [main]}}',
      'jobs:',
      '  deploy:',
      '    runs-on: ubuntu-latest',
      '    permissions: {id-token: write, contents: read}',
      '    steps:',
      '      - uses: actions/checkout@v5',
      '      - run: |',
      ...[
        'identity=$(curl -sS -H "authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" \\',
        `  "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=${encodeURIComponent(audience)}" |`,
        `  sed -n 's/.*"value": *"\\([^"]*\\)".*/\\1/p')`,
        'token=$(printf %s "$identity" |',
        ...exchange(place),
        'echo "::add-mask::$token"',
        ...settings(place, '"$token"'),
        './deploy.sh',
      ].map((line) => `          ${line}`),
    ].join('\n'),
  }),
  gitlab: (place, audience) => ({
    title: 'A job of GitLab CI',
    about: ABOUT,
    text: [
      'deploy:',
      '  rules:',
      '    - if: $CI_COMMIT_BRANCH == "main"',
      '  id_tokens:',
      '    WRIT_ID_TOKEN:',
      `      aud: ${audience}`,
      '  script:',
      '    - |',
      ...[...fromVariable(place), './deploy.sh'].map((line) => `      ${line}`),
    ].join('\n'),
  }),
};

function anyJob(place: Place, audience: string): Ready {
  const { system } = place;
  return {
    title: system === undefined ? 'A job' : `A job of ${system.title}`,
    about: `With the identity token of the job in WRIT_ID_TOKEN, made for the audience ${audience}. ${system?.obtain ?? ''}`,
    text: ['set -eu', ...fromVariable(place), './deploy.sh'].join('\n'),
  };
}

function fromVariable(place: Place): readonly string[] {
  return ['token=$(printf %s "$WRIT_ID_TOKEN" |', ...exchange(place), ...settings(place, '"$token"')];
}
