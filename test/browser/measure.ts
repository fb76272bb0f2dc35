/**
 * `node --conditions=source test/browser/measure.ts <url> <email>`, the password from the standard input: how a browser bears a broker whose
 * database was filled by `npm run seed`. For each page: until all that it shows first is there, and, where it is longer than the screen,
 * how long the frames took while it was scrolled to its end or for three seconds.
 */
import { text } from 'node:stream/consumers';
import { openPerson, SCREENS } from './person.ts';

const [url = 'http://localhost:8700', email = 'owner@example.com'] = process.argv.slice(2);
const person = await openPerson(url, { screen: SCREENS.desk });
await person.open('/');
await person.signIn({ email, password: (await text(process.stdin)).trim() });
await person.page.getByRole('navigation').first().waitFor();

const PAGES = `
  /approvals /approvals?show=ended /tasks /grants /grants?unused=true /grants?q=customDomain /grants/new?client=agent-0001
  /clients /clients/agent-0001 /connections /connections/rentals /people /account /freeze
`.match(/\S+/g) as readonly string[];

/** In the page: scrolls on by half a screen a frame, and answers how long each frame took, in milliseconds. */
const SCROLL = `new Promise((resolve) => {
  const frames = [];
  const began = performance.now();
  let last = began;
  const step = (now) => {
    frames.push(now - last);
    last = now;
    const before = scrollY;
    scrollBy(0, innerHeight / 2);
    if (scrollY === before || now - began > 3000) resolve(frames.slice(1));
    else requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})`;

const column = (value: number): string => value.toFixed(0).padStart(8);
process.stdout.write(`${['shown', 'frames', 'median', 'p95', 'worst'].map((name) => name.padStart(8)).join('')}  ms\n`);
for (const path of PAGES) {
  const began = performance.now();
  await person.open(path);
  const shown = performance.now() - began;
  const frames = (await person.page.evaluate(SCROLL)) as readonly number[];
  const sorted = frames.toSorted((one, other) => one - other);
  const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
  process.stdout.write(`${[shown, frames.length, at(0.5), at(0.95), at(1)].map(column).join('')}  ${path}\n`);
}
await person.page.context().browser()?.close();
