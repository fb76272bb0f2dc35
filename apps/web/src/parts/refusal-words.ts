/** What a grant would mend, by the code of the refusal. */
const LACKS: ReadonlyMap<string, string> = new Map([
  ['operation_not_granted', 'no grant, or not the token, names the operation'],
  ['environment_not_granted', 'no grant, or not the token, names the environment'],
  ['resource_not_granted', 'no grant, or not the token, names the resource'],
  ['argument_not_granted', 'no grant, or not the token, allows these arguments'],
  ['limit_reached', 'a limit of its grants is used up'],
  ['limit_uncountable', 'a limit of its grants cannot count it'],
]);

/** What a refused call lacked, without a full stop; undefined where no grant would have let it pass. */
export function lackOf(code: string): string | undefined {
  return LACKS.get(code);
}
