/** The demo tells what happened, so a thing that did not happen as told ends it. */
export class NotAsTold extends Error {}

/** Goes on only if it happened. */
export function told(happened: boolean, what: string): asserts happened {
  if (!happened) throw new NotAsTold(`This did not happen as told: ${what}`);
}
