/** The longest line of a data file, in characters: a provider's live schema is a few million. */
const LONGEST_LINE = 64 * 1024 * 1024;

/**
 * Splits bytes into lines, without their line breaks. Throws what `cut` makes where the last line has none, where a line is longer than
 * any that Writ writes, or where the bytes are not UTF-8.
 */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  cut: () => Error,
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let rest = '';
  const decoded = (chunk?: Uint8Array): string => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      throw cut();
    }
  };
  for await (const chunk of chunks) {
    const [first = '', ...more] = decoded(chunk).split('\n');
    rest += first;
    if (rest.length > LONGEST_LINE) throw cut();
    if (more.length === 0) continue;
    yield rest;
    rest = more.pop() ?? '';
    yield* more;
  }
  if (rest + decoded() !== '') throw cut();
}

/** The length of a chunk of lines, in characters. */
const CHUNK = 64 * 1024;

/** Joins lines, each with its line break, into chunks: what is written to a file line by line is written slowly. */
export async function* chunksOf(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let text = '';
  for await (const line of lines) {
    text += `${line}\n`;
    if (text.length < CHUNK) continue;
    yield text;
    text = '';
  }
  yield text;
}
