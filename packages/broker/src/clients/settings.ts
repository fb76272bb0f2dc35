import type { InputOf } from '@writ/api';
import { defined } from '@writ/core';
import type { ClientSettings } from '@writ/store';

type Member = 'require_task' | 'scopes' | 'delegable' | 'may_act' | 'access_token_signing_alg';
type Input = Partial<Pick<InputOf<'clients.create'>, Member>>;

/** The token settings of a client after a change: as before, except for those that the input names. */
export function settingsOf(input: Input, before: ClientSettings = {}): ClientSettings {
  const { require_task, scopes, delegable, may_act, access_token_signing_alg } = input;
  return {
    ...before,
    ...defined({
      require_task,
      delegable,
      access_token_signing_alg,
      scopes: scopes && [...new Set(scopes)],
      may_act: may_act && [...new Set(may_act)],
    }),
  };
}
