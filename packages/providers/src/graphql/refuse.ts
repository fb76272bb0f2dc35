import { inertLine, WritError } from '@writ/core';

/**
 * The refusal of a request that cannot be understood as the provider's server would understand it. `detail` never repeats a value of the
 * request.
 */
export function notUnderstood(detail: string): WritError {
  return new WritError('request_not_understood', { detail: inertLine(detail, 500) });
}

/** The refusal of a kind of request that Writ does not judge, and so does not forward. */
export function notSupported(detail: string): WritError {
  return new WritError('not_supported', { detail: inertLine(detail, 500) });
}

/** The refusal of a request that is over one of the limits in `limits.ts`. */
export function tooLarge(detail: string): WritError {
  return new WritError('request_too_large', { detail: inertLine(detail, 500) });
}

/** The refusal of an argument, a field of one, or a value of an enum that the catalog does not have for this operation. */
export function unknownArgument(operation: string, part: string): WritError {
  const detail = inertLine(`The argument ${part} of ${operation} is not in the catalog.`, 300);
  return new WritError('operation_unknown', { detail });
}

/** The refusal of a field or operation that the catalog does not have. */
export function unknownOperation(name: string): WritError {
  return new WritError('operation_unknown', { detail: inertLine(`The operation ${name} is not in the catalog.`, 200) });
}
