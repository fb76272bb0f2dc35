import type { Guard, GuardOf, InputOf, OutputOf, RouteId } from '@writ/api';
import type { Actor, AdminActor, Ctx, PublicActor, TokenActor, UserActor } from '@writ/broker';
import type { Secret } from '@writ/core';

/** What a handler can do to the answer besides returning it. */
export interface ReplyTools {
  /** Hands a browser its session. `seconds`: how long it lives. */
  setSession(token: Secret, seconds: number): void;
  clearSession(): void;
}

/** The actor that a guard lets through. */
export type ActorOf<G extends Guard> = G extends { readonly kind: 'public'; readonly may_be_signed_in: true }
  ? PublicActor | UserActor
  : G extends { readonly kind: 'public' }
    ? PublicActor
    : G extends { readonly kind: 'access_token' }
      ? TokenActor
      : G extends { readonly automation: false }
        ? UserActor
        : AdminActor;

/** A handler of a route: a verb, or a verb and its cookie. */
export type Handler<K extends RouteId> = (
  ctx: Ctx<ActorOf<GuardOf<K>>>,
  input: InputOf<K>,
  tools: ReplyTools,
) => Promise<OutputOf<K>>;

/** A handler for each route of the table: one that is missing, or takes or returns anything else, does not compile. */
export type Handlers = { readonly [K in RouteId]: Handler<K> };

/** A handler as the adapter calls it, once the table's schema has parsed the input and its guard has found the actor. */
export type AnyHandler = (ctx: Ctx<Actor>, input: object, tools: ReplyTools) => Promise<unknown>;
