import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from 'playwright-core';
import { openBrowser } from './browser.ts';

/** The two screens that every page is made for, and that of the README's pictures. */
export const SCREENS = {
  desk: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
  picture: { width: 1200, height: 760 },
} as const;

/** What a person holds, and how they like it. */
export interface PersonOptions {
  readonly screen?: (typeof SCREENS)[keyof typeof SCREENS];
  readonly scheme?: 'light' | 'dark';
}

/** A person at a browser of their own: nothing of another person's is there. */
export interface Person {
  readonly page: Page;
  /** Signs in where the page asks for it. */
  signIn(who: { readonly email: string; readonly password: string }): Promise<void>;
  /** Gives the password in the dialog that asks for it before a change, and waits until the dialog has gone. */
  prove(who: { readonly password: string }, button: string): Promise<void>;
  /** Goes to an address, and waits until all that it shows first is there. */
  open(path: string): Promise<void>;
  /** Waits until all that the page shows first is there. */
  settled(): Promise<void>;
  /** Everything that went wrong in the page: broken policies, errors in the console, scripts that failed. */
  violations(): readonly string[];
  /** The rules of WCAG 2.2 AA that the page breaks, each with where. */
  inaccessible(): Promise<readonly string[]>;
  /** The same in light, and what of it is of colours in the dark too, each line with which. */
  inaccessibleInBoth(): Promise<readonly string[]>;
  /** Writes what is seen, the whole page or what the screen holds of it, to the folder `WRIT_SCREENSHOTS`, where that is set. */
  shot(name: string, part?: 'page' | 'screen'): Promise<void>;
  close(): Promise<void>;
}

/** Opens a browser at a broker. */
export async function openPerson(baseURL: string, options: PersonOptions = {}): Promise<Person> {
  const { screen = SCREENS.desk, scheme = 'light' } = options;
  const browser = await openBrowser();
  const context = await browser.newContext({
    baseURL,
    viewport: screen,
    colorScheme: scheme,
    reducedMotion: 'reduce',
    hasTouch: screen === SCREENS.phone,
    isMobile: screen === SCREENS.phone,
  });
  // As long as a test may take: what hangs is found by the test's own limit, and a busy machine is no fault.
  context.setDefaultTimeout(110_000);
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on('console', (message) => {
    // A refusal of the API is told to the page, which shows it: the browser's own line about it is no fault.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) wrong.push(message.text());
  });
  page.on('pageerror', (error) => wrong.push(String(error)));
  await page.addInitScript(`document.addEventListener('securitypolicyviolation', (event) => {
    console.error('policy broken: ' + event.violatedDirective + ' ' + event.blockedURI);
  })`);
  return {
    page,
    signIn: async ({ email, password }) => {
      await page.getByLabel('E-mail address').fill(email);
      await page.getByLabel('Password', { exact: true }).fill(password);
      const answered = page.waitForResponse((response) => new URL(response.url()).pathname === '/api/v1/session');
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await answered;
    },
    open: async (path) => {
      await page.goto(path);
      await settled(page);
    },
    settled: () => settled(page),
    violations: () => wrong,
    prove: async ({ password }, button) => {
      const dialog = page.getByRole('dialog').filter({ has: page.getByLabel('Your password') });
      await dialog.getByLabel('Your password').fill(password);
      await dialog.getByRole('button', { name: button, exact: true }).click();
      await dialog.waitFor({ state: 'detached' });
    },
    inaccessible: () => broken(page),
    inaccessibleInBoth: async () => {
      const found: string[] = [];
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor();
        // In the dark nothing but colours is another.
        const lines = await broken(page, colorScheme === 'dark' ? OF_COLOUR : undefined);
        found.push(...lines.map((line) => `${colorScheme}: ${line}`));
      }
      await page.emulateMedia({ colorScheme: scheme });
      return found;
    },
    shot: async (name, part = 'page') => {
      const folder = process.env['WRIT_SCREENSHOTS'];
      if (folder === undefined) return;
      await mkdir(folder, { recursive: true });
      await page.screenshot({ path: join(folder, `${name}.png`), fullPage: part === 'page' });
    },
    close: () => context.close(),
  };
}

/** Waits until nothing of it is there any more, however much it was. */
export async function gone(what: Locator): Promise<void> {
  do await what.first().waitFor({ state: 'detached' });
  while ((await what.count()) > 0);
}

async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor();
  await gone(page.locator('[role="status"]:is([aria-label="Loading"], :has(.mantine-Loader-root))'));
}

/** axe's rules that look at colours. */
const OF_COLOUR = ['color-contrast', 'link-in-text-block'];

async function broken(page: Page, rules?: string[]): Promise<readonly string[]> {
  // The page has no frames of other sites, for which axe would open a page of its own each time.
  const axe = new AxeBuilder({ page }).setLegacyMode();
  const asked = rules ? axe.withRules(rules) : axe.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']);
  const { violations } = await asked.analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}
