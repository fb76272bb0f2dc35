/** A media type as it was sent: its type in lower case, and whether it says that its text is UTF-8. */
export interface MediaType {
  /** `application/json`. */
  readonly type: string;
  readonly charset: 'utf-8' | undefined;
}

const TYPE = /^[!#$%&'*+.^_`|~\w-]+\/[!#$%&'*+.^_`|~\w-]+$/;
const UTF8 = /^charset[ \t]*=[ \t]*(?:"utf-?8"|utf-?8)$/i;

/**
 * Reads a `Content-Type` (RFC 9110 section 8.3.1), the same at every door: the type, and no parameter but a charset that is UTF-8 in
 * any spelling (`utf8` is what some clients write); empty parameters are passed over, as a semicolon at the end leaves one.
 * Undefined for anything else: another charset makes other text of the same bytes, and what other parameters mean is not known.
 */
export function readMediaType(value: string): MediaType | undefined {
  const [type = '', ...parameters] = value.split(';').map((part) => part.trim());
  const given = parameters.filter((parameter) => parameter !== '');
  if (!TYPE.test(type) || !given.every((parameter) => UTF8.test(parameter))) return undefined;
  return { type: type.toLowerCase(), charset: given.length > 0 ? 'utf-8' : undefined };
}
