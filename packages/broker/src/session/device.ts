/** Names of programs in the header `User-Agent`, and what people call them. The first that is there counts: most claim to be others too. */
const PROGRAMS: readonly (readonly [RegExp, string])[] = [
  [/\bwrit-cli\//, 'writ'],
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Headless)?Chrom(?:e|ium)\/|\bCriOS\//, 'Chrome'],
  [/\bVersion\/.*\bSafari\//, 'Safari'],
  [/\bcurl\//, 'curl'],
];

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b|\bwin32\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b|\bdarwin\b/, 'macOS'],
  [/\blinux\b/i, 'Linux'],
];

/** The most of the header that is looked at and kept, in characters: browsers write about 150. */
const MOST = 300;

/** The part of a `User-Agent` header that is kept with a session: printable ASCII alone. */
export function keptUserAgent(header: string | undefined): string | null {
  const text = header?.slice(0, MOST).replace(/[^\x20-\x7e]/g, '') ?? '';
  return text === '' ? null : text;
}

/** What a session was begun on, in our own words: `Firefox on Linux`; null where nothing that is known stands in the header. */
export function deviceOf(userAgent: string | null): string | null {
  const find = (names: typeof PROGRAMS): string | undefined => names.find(([form]) => form.test(userAgent ?? ''))?.[1];
  const [program, system] = [find(PROGRAMS), find(SYSTEMS)];
  if (program !== undefined && system !== undefined) return `${program} on ${system}`;
  return program ?? system ?? null;
}
