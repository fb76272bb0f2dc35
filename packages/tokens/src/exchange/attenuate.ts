import type { AccessTokenClaims } from '../access-token-claims.ts';

/** How deep `act` may be (model#exchange). */
const MAX_ACT_DEPTH = 3;

type Act = NonNullable<AccessTokenClaims['act']>;

/** An exchange of an access token for a narrower one. */
export interface Attenuation {
  /** The claims of the verified token that is exchanged. */
  readonly subject: AccessTokenClaims;
  /** The client id of the authenticated caller. */
  readonly actor: string;
  /** Writ's issuer, with which `may_act.iss` is compared. */
  readonly issuer: string;
  /** The thumbprint of the key whose proof came with the request. */
  readonly jkt?: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The requested or allowed life, in seconds. */
  readonly life: number;
}

/** The reason why an exchange is refused, for the audit log; the caller gets `invalid_request`. */
export type AttenuationRefusal = 'may_act' | 'too_deep' | 'binding' | 'expired';

/** The parts of the new token that follow from the old one. At each use the details of both must cover the call. */
export type AttenuationResult =
  | {
      readonly ok: true;
      readonly sub: string;
      readonly client_id: string;
      readonly act: Act;
      readonly task_id: string;
      /** The expiry in seconds since the epoch, never after that of the old token. */
      readonly exp: number;
    }
  | { readonly ok: false; readonly reason: AttenuationRefusal };

/**
 * Computes the actors and the expiry of a token that is made from another (RFC 8693 section 4.1; model#exchange): the subject stays, the
 * actor is the outermost `act`, at most three deep. A `may_act` must name the actor; a token bound to a key is exchanged only with a proof
 * of that key, or by the client that its `may_act` names.
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

/** Returns the actors of a token, outermost first. Only the outermost one may decide anything; the others are history. */
export function actorsOf({ act }: Pick<AccessTokenClaims, 'act'>): string[] {
  if (act === undefined) return [];
  const { act: middle } = act;
  return [act, middle, middle?.act].flatMap((actor) => (actor === undefined ? [] : [actor.sub]));
}

/** Returns the depth of a token's `act`; 0 if it has none. */
export function actDepth(claims: Pick<AccessTokenClaims, 'act'>): number {
  return actorsOf(claims).length;
}

/** Returns the new actor with the previous ones inside it. The schema allows three, and `refusalOf` has checked the number. */
function actAfter(subject: Pick<AccessTokenClaims, 'act'>, actor: string): Act {
  const [second, third] = actorsOf(subject);
  if (second === undefined) return { sub: actor };
  return { sub: actor, act: third === undefined ? { sub: second } : { sub: second, act: { sub: third } } };
}
