/** A piece of text, and what it is: for reading alone. */
export interface Piece {
  readonly text: string;
  readonly kind: 'plain' | 'name' | 'text' | 'number' | 'word';
}

type Rules = readonly (readonly [RegExp, Piece['kind']])[];

// Each is tried where the one before ended. None of them backtracks: a body may hold a mebibyte.
const JSON_RULES: Rules = [
  [/"(?:[^"\\]|\\.)*"(?=\s*:)/sy, 'name'],
  [/"(?:[^"\\]|\\.)*"/sy, 'text'],
  [/-?\d[\d.eE+-]*/y, 'number'],
  [/(?:true|false|null)\b/y, 'word'],
  [/[\s{}[\],:]+/y, 'plain'],
];

const GRAPHQL_RULES: Rules = [
  [/"""(?:[^"]|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"/sy, 'text'],
  [/#[^\n]*/y, 'plain'],
  [/(?:query|mutation|subscription|fragment|on|true|false|null)\b/y, 'word'],
  [/[$@]?[A-Za-z_]\w*/y, 'name'],
  [/-?\d[\d.eE+-]*/y, 'number'],
  [/[\s{}()[\],:!=|&.]+/y, 'plain'],
];

/** Cuts text into pieces that together are the whole text: what no rule knows stays as it is, one character at a time. */
function pieces(text: string, rules: Rules): Piece[] {
  const found: Piece[] = [];
  let plain = '';
  let at = 0;
  while (at < text.length) {
    const piece = pieceAt(text, at, rules);
    at += piece.text.length;
    if (piece.kind === 'plain') plain += piece.text;
    else {
      if (plain !== '') found.push({ text: plain, kind: 'plain' });
      plain = '';
      found.push(piece);
    }
  }
  return plain === '' ? found : [...found, { text: plain, kind: 'plain' }];
}

function pieceAt(text: string, at: number, rules: Rules): Piece {
  for (const [rule, kind] of rules) {
    rule.lastIndex = at;
    const [match] = rule.exec(text) ?? [];
    if (match !== undefined && match !== '') return { text: match, kind };
  }
  return { text: text[at] ?? '', kind: 'plain' };
}

/** Longer text is shown as it is: hundreds of thousands of coloured pieces would stop the page. */
const LONGEST = 100_000;

/** Cuts a body into pieces: as JSON where it looks like it. */
export function highlightBody(text: string): Piece[] {
  if (text.length > LONGEST || !/^\s*[[{]/.test(text)) return [{ text, kind: 'plain' }];
  return pieces(text, JSON_RULES);
}

/** Cuts a GraphQL document into pieces. */
export function highlightGraphql(text: string): Piece[] {
  return text.length > LONGEST ? [{ text, kind: 'plain' }] : pieces(text, GRAPHQL_RULES);
}

/** The GraphQL document in a JSON body; undefined where there is none. */
export function documentIn(body: string): string | undefined {
  if (!/^\s*\{/.test(body)) return undefined;
  try {
    const query: unknown = Reflect.get(Object(JSON.parse(body)), 'query');
    return typeof query === 'string' ? query : undefined;
  } catch {
    return undefined;
  }
}
