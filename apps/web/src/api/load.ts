import { callOnce, outage } from './client.ts';
import { createGate } from './gate.ts';

/** Open from when a part of the page is not there any more: Writ was updated under it, and its files have other names. */
export const outdated = createGate();

/** A page could not be loaded after an outage. Browsers remember the failure: only a new document asks again. */
export class LoadAnew extends Error {}

/** How long a broker that has just come back is given before a file that it has not is taken for gone, in milliseconds. */
const SECOND_LOOK = 1_000;

let wasOut = false;
outage.subscribe(() => {
  wasOut = true;
});

/**
 * Loads a part of the page. While the broker does not answer it waits, and loads once it does. What is not there although the broker
 * answers never comes: the answer is left open, so that what is typed on the page stays until its owner loads the page anew. A whole page
 * throws `LoadAnew` after an outage instead: whoever opened it has left what was there before.
 */
export async function loaded<T>(load: () => Promise<T>, what: 'page' | 'part'): Promise<T> {
  for (let looks = 0; looks < 2; looks += 1) {
    try {
      return await load();
    } catch {
      forgetBrokenStyles();
    }
    await callOnce('system.healthz', {}).catch(() => undefined);
    if (outage.isOpen()) await outage.passed();
    else await new Promise((resolve) => setTimeout(resolve, SECOND_LOOK));
  }
  if (wasOut && what === 'page') throw new LoadAnew();
  outdated.open();
  return await new Promise(() => undefined);
}

/** What loads a part asks for its styles once: where they did not come, the link that stands for them has to go first. */
function forgetBrokenStyles(): void {
  for (const link of document.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"]'))
    if (link.sheet === null) link.remove();
}
