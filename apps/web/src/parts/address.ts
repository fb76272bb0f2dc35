/** A text of an address's query; undefined for anything else, since addresses are typed and sent around. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 200 ? value : undefined;
}
