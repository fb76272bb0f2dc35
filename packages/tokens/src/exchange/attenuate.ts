import type { AccessTokenClaims } from '../access-token-claims.ts';

/** How deep `act` may be (model#exchange). */
const MAX_ACT_DEPTH = 3;

type Act = NonNullable<AccessTokenClaims['act']>;

/** An exchange of an access token for a narrower one. */
export interface Attenuation {
  /** Of the verified token that is exchanged. */
  readonly subject: AccessTokenClaims;
  /** The client id of the caller, as it authenticated. */
  readonly actor: string;
  /** Writ's issuer: what `may_act.iss` is compared with. */
  readonly issuer: string;
  /** Thumbprint of the key whose proof came with the request. */
  readonly jkt?: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The life asked for or allowed otherwise, in seconds. */
  readonly life: number;
}

/** Why an exchange is refused: for the audit log; to the caller it is `invalid_request`. */
export type AttenuationRefusal = 'may_act' | 'too_deep' | 'binding' | 'expired';

/** What of the new token follows from the old one. Its details are to be a conjunction with the old one's, at use. */
export type AttenuationResult =
  | {
      readonly ok: true;
      readonly sub: string;
      readonly client_id: string;
      readonly act: Act;
      readonly task_id: string;
      /** Seconds since the epoch: never after the old one's. */
      readonly exp: number;
    }
  | { readonly ok: false; readonly reason: AttenuationRefusal };

/**
 * Decides what a token made from another says of who acts, and until when (RFC 8693 section 4.1; model#exchange): the subject stays,
 * the actor is the outermost `act`, at most three deep. A `may_act` must name the actor; a token bound to a key is exchanged only with
 * proof of that key, or by the client that its `may_act` names.
 */
export function attenuate(exchange: Attenuation): AttenuationResult {
  const { subject, actor } = exchange;
  const refusal = refusalOf(exchange);
  if (refusal !== undefined) return { ok: false, reason: refusal };
  const exp = Math.min(Math.floor(exchange.now / 1000) + exchange.life, subject.exp);
  const { sub, task_id } = subject;
  return { ok: true, sub, client_id: actor, act: actAfter(subject, actor), task_id, exp };
}

function refusalOf({ subject, actor, issuer, jkt, now, life }: Attenuation): AttenuationRefusal | undefined {
  const { may_act, cnf } = subject;
  const isNamed = may_act?.sub === actor && (may_act.iss ?? issuer) === issuer;
  if (may_act !== undefined && !isNamed) return 'may_act';
  if (cnf !== undefined && cnf.jkt !== jkt && !isNamed) return 'binding';
  if (actDepth(subject) >= MAX_ACT_DEPTH) return 'too_deep';
  if (subject.exp <= Math.floor(now / 1000) || life <= 0) return 'expired';
  return undefined;
}

/** Returns the actors of a token, outermost first: only that one may decide, the others are history. */
export function actorsOf({ act }: Pick<AccessTokenClaims, 'act'>): string[] {
  if (act === undefined) return [];
  const { act: middle } = act;
  return [act, middle, middle?.act].flatMap((actor) => (actor === undefined ? [] : [actor.sub]));
}

/** Returns how deep a token's `act` is; 0 for none. */
export function actDepth(claims: Pick<AccessTokenClaims, 'act'>): number {
  return actorsOf(claims).length;
}

/** The new actor around those before. The schema of claims holds no more than three, and `refusalOf` has counted. */
function actAfter(subject: Pick<AccessTokenClaims, 'act'>, actor: string): Act {
  const [second, third] = actorsOf(subject);
  if (second === undefined) return { sub: actor };
  return { sub: actor, act: third === undefined ? { sub: second } : { sub: second, act: { sub: third } } };
}
