/** A failure that is told to the user: one sentence, without anything that a server answered. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

/** The sentence for a failure, also for one that nobody foresaw. */
export function sentenceOf(error: unknown): string {
  return error instanceof Failure ? error.message : 'Something went wrong that this action did not expect.';
}
