import type { OutputOf, RequestOf } from '@writ/api';

type Client = OutputOf<'clients.get'>;

/** The settings of a client as they are typed. */
export interface Settings extends Record<string, unknown> {
  readonly name: string;
  readonly require_task: boolean;
  readonly delegable: boolean;
  /** The only clients that may exchange its tokens; empty: any. */
  readonly may_act: string[];
  /** Whether it may ask about tokens of other clients. */
  readonly introspects: boolean;
  readonly dpop_bound: boolean;
  readonly access_token_signing_alg: Client['access_token_signing_alg'];
}

/** The scope by which a client may ask about tokens of others. */
const INTROSPECT = 'writ:introspect';

/** The settings as they stand. */
export function settingsOf(client: Client): Settings {
  const { name, require_task, delegable, may_act, scopes, auth, access_token_signing_alg } = client;
  return {
    ...{ name, require_task, delegable, access_token_signing_alg },
    may_act: [...may_act],
    introspects: scopes.includes(INTROSPECT),
    dpop_bound: auth.dpop_bound_access_tokens === true,
  };
}

/** One difference, as a sentence. `widens`: the client, or whoever holds something of it, can do more than before. */
export interface SettingChange {
  readonly text: string;
  readonly widens: boolean;
}

/** What differs, in the order of the form. */
export function changesOf(client: Client, next: Settings): readonly SettingChange[] {
  const before = settingsOf(client);
  const changes: readonly (SettingChange | false)[] = [
    next.name.trim() !== before.name && { text: `It is called ${next.name.trim()}.`, widens: false },
    next.require_task !== before.require_task && {
      text: next.require_task ? 'It gets no token without a purpose.' : 'It gets tokens without saying what for.',
      widens: !next.require_task,
    },
    next.delegable !== before.delegable && {
      text: next.delegable ? 'Its tokens can be exchanged.' : 'Its tokens can no longer be exchanged.',
      widens: next.delegable,
    },
    actorChange(before.may_act, next.may_act),
    next.introspects !== before.introspects && {
      text: next.introspects
        ? 'It may ask about tokens of other clients.'
        : 'It may no longer ask about tokens of other clients.',
      widens: next.introspects,
    },
    next.dpop_bound !== before.dpop_bound && {
      text: next.dpop_bound
        ? 'Each new token is good only with a key of its holder.'
        : 'New tokens are good for whoever holds them, without a key.',
      widens: !next.dpop_bound,
    },
    next.access_token_signing_alg !== before.access_token_signing_alg && {
      text: `Its tokens are signed by ${next.access_token_signing_alg}.`,
      widens: false,
    },
  ];
  return changes.filter((change) => change !== false);
}

/** No name at all stands for everybody: a list is wider where it names somebody new, or nobody any more. */
function actorChange(before: readonly string[], next: readonly string[]): SettingChange | false {
  const added = next.filter((id) => !before.includes(id));
  const gone = before.filter((id) => !next.includes(id));
  if (added.length + gone.length === 0) return false;
  if (next.length === 0) return { text: 'Any client may exchange its tokens, where they can be.', widens: true };
  return {
    text: `Only ${next.join(', ')} may exchange its tokens.`,
    widens: before.length > 0 && added.length > 0,
  };
}

/** What is sent: only what differs from the client as it was when the form was opened. */
export function patchOf(client: Client, next: Settings): RequestOf<'clients.patch'> {
  const before = settingsOf(client);
  const { may_act, introspects, dpop_bound, name, ...rest } = next;
  const others = client.scopes.filter((scope) => scope !== INTROSPECT) as (typeof INTROSPECT)[];
  return {
    id: client.client_id,
    ...(name.trim() !== before.name && { name: name.trim() }),
    ...(rest.require_task !== before.require_task && { require_task: rest.require_task }),
    ...(rest.delegable !== before.delegable && { delegable: rest.delegable }),
    ...(String(may_act) !== String(before.may_act) && { may_act }),
    ...(introspects !== before.introspects && { scopes: introspects ? [...others, INTROSPECT] : others }),
    ...(rest.access_token_signing_alg !== before.access_token_signing_alg && {
      access_token_signing_alg: rest.access_token_signing_alg,
    }),
    ...(dpop_bound !== before.dpop_bound && { auth: { ...client.auth, dpop_bound_access_tokens: dpop_bound } }),
  };
}
