import type { InputOf } from '@writ/api';
import type { ClientSettings } from '@writ/store';

type Input = Partial<Pick<InputOf<'clients.create'>, 'require_task' | 'scopes' | 'delegable' | 'may_act'>>;

/** How a client may use tokens: as it was, but for what the input names. */
export function settingsOf(input: Input, before: ClientSettings = {}): ClientSettings {
  const { require_task, scopes, delegable, may_act } = input;
  return {
    ...before,
    ...(require_task === undefined ? {} : { require_task }),
    ...(scopes === undefined ? {} : { scopes: [...new Set(scopes)] }),
    ...(delegable === undefined ? {} : { delegable }),
    ...(may_act === undefined ? {} : { may_act: [...new Set(may_act)] }),
  };
}
