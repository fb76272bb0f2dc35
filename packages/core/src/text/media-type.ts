/** A media type that was read: its type in lower case, and whether it names UTF-8 as its charset. */
export interface MediaType {
  /** The type, such as `application/json`. */
  readonly type: string;
  readonly charset: 'utf-8' | undefined;
}

const TYPE = /^[!#$%&'*+.^_`|~\w-]+\/[!#$%&'*+.^_`|~\w-]+$/;
const UTF8 = /^charset[ \t]*=[ \t]*(?:"utf-?8"|utf-?8)$/i;

/**
 * Reads a `Content-Type` (RFC 9110 section 8.3.1), for every endpoint. It may have one parameter, a charset that is UTF-8 in any spelling
 * (some clients write `utf8`). Empty parameters, as after a semicolon at the end, are ignored. Returns undefined for anything else: in
 * another charset the same bytes are another text, and the meaning of other parameters is not known.
 */
export function readMediaType(value: string): MediaType | undefined {
  const [type = '', ...parameters] = value.split(';').map((part) => part.trim());
  const given = parameters.filter((parameter) => parameter !== '');
  if (!TYPE.test(type) || !given.every((parameter) => UTF8.test(parameter))) return undefined;
  return { type: type.toLowerCase(), charset: given.length > 0 ? 'utf-8' : undefined };
}
