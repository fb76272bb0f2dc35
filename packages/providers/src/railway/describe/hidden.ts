import { isJsonObject, type JsonValue } from '@writ/core';

/** Members of a configuration whose text is none that has to be kept secret; it decides what runs, so whoever approves must see it. */
const SHOWN: ReadonlySet<string> = new Set([
  'branch',
  'buildCommand',
  'builder',
  'cronSchedule',
  'dockerfilePath',
  'healthcheckPath',
  'image',
  'mountPath',
  'name',
  'preDeployCommand',
  'region',
  'repo',
  'restartPolicyType',
  'rootDirectory',
  'startCommand',
]);

/** Members that hold values which the catalog marks secret wherever they are arguments. */
const SECRET: ReadonlySet<string> = new Set(['variables', 'sharedVariables', 'registryCredentials', 'nixpacksPlan']);

/**
 * A configuration as people are shown it: its names, switches and nulls, and the texts that are known not to be secret. Every other text,
 * and every number among what is secret, is `[secret, N bytes]`.
 */
export function hidden(value: JsonValue): JsonValue {
  return hide(value, { shown: false, secret: false });
}

interface Place {
  readonly shown: boolean;
  readonly secret: boolean;
}

function hide(value: JsonValue, place: Place): JsonValue {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') return place.secret ? secret(String(value)) : value;
  if (typeof value === 'string') return place.shown && !place.secret ? value : secret(value);
  if (!isJsonObject(value)) return value.map((element) => hide(element, place));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      hide(member, { shown: SHOWN.has(name), secret: place.secret || SECRET.has(name) }),
    ]),
  );
}

function secret(text: string): string {
  return `[secret, ${new TextEncoder().encode(text).length} bytes]`;
}
