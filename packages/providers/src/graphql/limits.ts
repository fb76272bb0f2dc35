/**
 * The bounds of a GraphQL request. Each is several times what the largest queries of the providers' own clients need, and low enough that
 * judging the worst request takes milliseconds.
 */

/** Characters of the document. */
export const MAX_DOCUMENT_CHARACTERS = 100_000;
/** Lexical tokens of the document. */
export const MAX_TOKENS = 10_000;
/** Fields, lists and objects inside one another, in the document as written and after fragments are expanded. */
export const MAX_DEPTH = 32;
/** Aliases in the document. */
export const MAX_ALIASES = 200;
/** Operations and fragments that the document defines. */
export const MAX_DEFINITIONS = 250;
/** Fields that are, or by their arguments may become, operations to be resolved and decided. */
export const MAX_OPERATIONS = 500;
/** Distinct fields once fragments are expanded. */
export const MAX_FIELDS = 5_000;
/** Selections looked at while fragments are expanded: what a fragment bomb multiplies. */
export const MAX_EXPANSION_STEPS = 20_000;
/** Characters of the variables, as canonical JSON. */
export const MAX_VARIABLES_CHARACTERS = 786_432;
/** Bytes of the variables times the operations, each of which may be given all of them: what is recorded and shown of a request. */
export const MAX_REPEATED_BYTES = 8_388_608;
/** Bytes that the cache of judged documents may hold, estimated by the length of their texts. */
export const CACHE_BYTES = 16_777_216;
