import type { OutputOf } from '@writ/api';
import { shellWord } from '@writ/core';

/** What a command for a first call is made of. */
export interface FirstCall {
  readonly origin: string;
  readonly client_id: string;
  readonly connection: string;
  readonly example: OutputOf<'providers.list'>['items'][number]['example'];
}

/**
 * A command for any shell: it asks for the client's secret, gets a token and makes one call with it. Neither secret nor token is in the command,
 * the history, or the list of processes.
 */
export function firstCallCommand({ origin, client_id, connection, example }: FirstCall): string {
  const { method, path, body } = example;
  const send =
    body === null ? `-X ${method}` : `-X ${method} -H 'content-type: application/json' -d ${shellWord(body)}`;
  return `{
  printf 'Secret of ${client_id}: '; stty -echo 2>/dev/null; IFS= read -r secret; stty echo 2>/dev/null; echo
  token=$(printf 'user = "%s:%s"\\n' ${shellWord(client_id)} "$secret" |
    curl -sS -K - ${origin}/oauth/token -d grant_type=client_credentials \\
      --data-urlencode 'task=try the first call' |
    sed -n 's/.*"access_token":"\\([^"]*\\)".*/\\1/p')
  printf 'authorization: Bearer %s\\n' "$token" |
    curl -sS -H @- ${send} \\
      ${origin}/gateway/${connection}${path}
  unset secret token; echo
}`;
}
