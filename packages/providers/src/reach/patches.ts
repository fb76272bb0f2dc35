import { isJsonObject, type JsonObject, type JsonValue, type Operation, valuesAt } from '@writ/core';
import { givenAt } from '../review/arguments.ts';
import type { PatchRef } from '../review/review.ts';
import { unresolved } from '../review/unresolved.ts';
import type { Directory } from './directory.ts';
import { canonicalHostName } from './host-name.ts';
import type { Need } from './knowledge.ts';
import type { Located } from './located.ts';
import type { ResolveDeps } from './resolve-deps.ts';

/** What the opaque arguments of an operation name. */
export interface PatchContents {
  readonly targets: readonly Located[];
  /** Canonical host names. */
  readonly names: readonly string[];
}

/** The most things that one patch may name. */
const MOST = 500;

interface PatchInput {
  readonly operation: Operation;
  readonly patches: readonly PatchRef[];
  readonly need: Need;
}

/**
 * Finds everything that opaque arguments name: the ids where the catalog says that ids stand, and everywhere else the ids that the
 * directory knows. Throws `environment_unresolved` for an id that the provider does not know, unless the patch says that it would make
 * it. No message repeats anything from a patch: it may be secret.
 */
export async function readPatches(
  { directory }: ResolveDeps,
  { operation, patches, need }: PatchInput,
): Promise<PatchContents> {
  const found = new Map<string, Located>();
  const names: string[] = [];
  for (const ref of patches) {
    for (const value of patchesAt(operation, ref)) {
      for (const { kind, id, member } of idsIn(value, ref)) {
        const located = await directory.locate({ kind, id }, need);
        if (located) found.set(`${kind}:${id}`, located);
        else if (!directory.words.creates(member)) throw unknown(directory, operation, { ref, kind });
      }
      names.push(...hostNamesIn(operation, ref, value));
      for (const located of await knownIn(directory, value, need)) found.set(`${located.kind}:${located.id}`, located);
    }
  }
  if (found.size > MOST) throw unresolved(`${operation.name} names more than ${MOST} resources in one patch.`);
  return { targets: [...found.values()], names };
}

/** The patches at a place of the arguments. Throws for a text: the provider might read it as a patch, and it is not read here. */
function patchesAt({ name, arguments: values }: Operation, { path }: PatchRef): readonly JsonValue[] {
  const given = givenAt(values, `${path}[]`);
  if (given.every((value) => typeof value === 'object')) return given;
  throw unresolved(`The argument ${path} of ${name} is no object, so nothing tells what it acts on.`);
}

/** What the patches of an operation name in the places where the catalog says that an id stands. Nothing is looked up. */
export function idsInPatches(
  { arguments: values }: Pick<Operation, 'arguments'>,
  patches: readonly PatchRef[],
): readonly NamedId[] {
  return patches.flatMap((ref) => givenAt(values, `${ref.path}[]`).flatMap((value) => idsIn(value, ref)));
}

/** An id in a patch. */
export interface NamedId {
  readonly kind: string;
  readonly id: string;
  /** What the patch says of that id. */
  readonly member: JsonValue;
}

function idsIn(value: JsonValue, { ids }: PatchRef): readonly NamedId[] {
  return ids.flatMap(({ at, kind }) =>
    mapsAt(value, at).flatMap((map) => Object.entries(map).map(([id, member]) => ({ kind, id, member }))),
  );
}

function hostNamesIn({ name }: Operation, { path, names }: PatchRef, value: JsonValue): readonly string[] {
  return names
    .flatMap((at) => mapsAt(value, at).flatMap((map) => Object.keys(map)))
    .map((text) => {
      const canonical = canonicalHostName(text);
      if (canonical === undefined)
        throw unresolved(`The argument ${path} of ${name} holds a domain that is no host name.`);
      return canonical;
    });
}

/** Every object at a place in a patch. */
function mapsAt(value: JsonValue, at: string): readonly JsonObject[] {
  return valuesAt(value, `${at}[]`).filter(isJsonObject);
}

/** All ids in a value that the directory knows, in every spelling that a database would accept: in either case, with or without hyphens. */
async function knownIn(directory: Directory, value: JsonValue, need: Need): Promise<readonly Located[]> {
  const said = wordsIn(value);
  const found: Located[] = [];
  for (const sought of (await directory.known(need)).filter(({ id }) => said.has(plainly(id)))) {
    const located = await directory.locate(sought, need);
    if (located) found.push(located);
  }
  return found;
}

function plainly(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, '');
}

function wordsIn(value: JsonValue): ReadonlySet<string> {
  const words = new Set<string>();
  const open: JsonValue[] = [value];
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    if (typeof each === 'string') addWords(words, each);
    else if (isJsonObject(each)) for (const name of Object.keys(each)) addWords(words, name);
    if (typeof each === 'object' && each !== null) open.push(...Object.values(each));
  }
  return words;
}

/** The text and its pieces, split at characters that no id has: it may be JSON itself, or a path such as `volumes.<id>.isDeleted`. */
function addWords(words: Set<string>, text: string): void {
  words.add(plainly(text));
  for (const part of text.split(/[^A-Za-z0-9_-]+/)) words.add(plainly(part));
}

function unknown({ words }: Directory, { name }: Operation, { ref, kind }: { ref: PatchRef; kind: string }): Error {
  return unresolved(
    `The argument ${ref.path} of ${name} names a ${kind} that ${words.title} does not know, or not for this connection.`,
  );
}
