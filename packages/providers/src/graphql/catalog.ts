/** The shape of a GraphQL provider's catalog: the reviews of its operations and fields, and the schema's facts. */
import type { Effect } from '@writ/core';
import type { OperationReview, Raise, ResourceRef, Step } from '../review/review.ts';

/** One field of one type, reviewed by hand. */
export interface FieldReview {
  /** Set on a field that an owner admitted from the live schema: it is not known where an object lies that it leads to. */
  readonly admitted?: true;
  readonly effect: Effect;
  readonly step: Step;
  readonly raises?: readonly Raise[];
  /** Set where the field is given, by an argument, the id of what it leads to: the *by id* step (model#step). */
  readonly by_id?: ResourceRef;
}

/**
 * The schema's facts, without its descriptions: what the classifier needs to parse and coerce as the provider's own server would. Types
 * are written as in the GraphQL language (`[String!]!`); an argument's default follows as ` = literal`.
 */
export interface SchemaFacts {
  /** SHA-256 of the schema these were derived from, hex. */
  readonly source_sha256: string;
  readonly scalars: readonly string[];
  readonly enums: Readonly<Record<string, readonly string[]>>;
  readonly unions: Readonly<Record<string, readonly string[]>>;
  readonly interfaces: Readonly<Record<string, TypeFacts>>;
  readonly objects: Readonly<Record<string, TypeFacts>>;
  readonly inputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** One object or interface type. `args` is left out where there are none. */
export interface TypeFacts {
  readonly implements?: readonly string[];
  readonly fields: Readonly<
    Record<string, { readonly type: string; readonly args?: Readonly<Record<string, string>> }>
  >;
}

/** A GraphQL provider's whole catalog. */
export interface GraphqlCatalog {
  readonly schema: SchemaFacts;
  readonly queries: Readonly<Record<string, OperationReview>>;
  readonly mutations: Readonly<Record<string, OperationReview>>;
  /** Type name -> field name -> review, for every object and interface type but the two roots. */
  readonly fields: Readonly<Record<string, Readonly<Record<string, FieldReview>>>>;
  /** Scalars, besides GraphQL's own, whose values are one plain value each; all others are opaque. */
  readonly plain_scalars?: readonly string[];
  /** Names of fields, besides the usual ones, that say what an environment or resource is and nothing of what is inside. */
  readonly directory_fields?: readonly string[];
  /** SHA-256 over the canonical JSON of all of the above, hex: part of every digest. */
  readonly version: string;
}
