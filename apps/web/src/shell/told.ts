/** A notice of the API, as the page shows it: its words, and where it is looked at and taken back. */
export interface Told {
  readonly words: string;
  readonly place?:
    | { readonly to: '/guardrails/undo'; readonly search: { readonly request: string } }
    | { readonly to: '/people' }
    | { readonly to: '/connections/$slug'; readonly params: { readonly slug: string } };
}

/** The command that undoes it: the broker's own words, behind all that others may have written. */
const UNDO = / To undo it: writ (?<about>guardrail undo|user \w+|env \w+|operations \w+) (?<subject>[\w.-]+)[^:;()]*$/;

/** Reads the sentence of a notice: the command at its end becomes a place of the page. */
export function toldOf(detail: string): Told {
  const found = UNDO.exec(detail);
  const { about = '', subject = '' } = found?.groups ?? {};
  if (found === null) return { words: detail };
  const words = detail.slice(0, found.index);
  if (about === 'guardrail undo') return { words, place: { to: '/guardrails/undo', search: { request: subject } } };
  if (about.startsWith('user ')) return { words, place: { to: '/people' } };
  return { words, place: { to: '/connections/$slug', params: { slug: subject } } };
}
