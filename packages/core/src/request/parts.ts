/** The parts of a request that its digest is made of (model#request-digest): what was approved, and what may not differ when it is used. */

/** The name of each part, and the words for it in a sentence. */
const WORDS = {
  method: 'the method',
  path: 'the path',
  query: 'the query',
  headers: 'a header that matters',
  body: 'the body',
  connection: 'the connection',
  origin: 'where the connection leads',
  credential: 'the root credential it would be sent with',
  operations: 'its operations or their effects',
  targets: 'what it acts on',
  environments: 'the environments it reaches',
  catalog: 'what Writ knows of the operations',
  client: 'the client',
  act_chain: 'the clients it acts for',
  task: 'the task',
  grants: 'the grants that cover it',
  guardrails: 'the guardrails that apply',
  environment_rules: 'what its environments are made of',
  blast_radius: 'what would be lost with it, or be left',
  stored_state: 'what is stored at the provider and it acts by',
} as const;

/** The public name of a part. */
export type PartName = keyof typeof WORDS;

/** Every part, in the order in which differences are told. */
export const PART_NAMES = Object.keys(WORDS) as readonly PartName[];

/** The words for a part. */
export function partWords(name: PartName): string {
  return WORDS[name];
}

/** The parts of one request: a short text, or the SHA-256 of what is longer. A part that the request does not have is absent. */
export type PartValues = Readonly<Partial<Record<PartName, string>>>;

/** Returns the names of the parts that are not the same in both. */
export function differentParts(then: PartValues, now: PartValues): readonly PartName[] {
  return PART_NAMES.filter((name) => then[name] !== now[name]);
}
