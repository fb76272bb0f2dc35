import { type Effect, isJsonObject, type JsonObject } from '@writ/core';
import {
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
} from 'graphql';
import type { GraphqlCatalog } from '../catalog.ts';

/** The parts of an operation's arguments that were admitted: which ones a call uses, and what each does to its effect. */
export interface ArgumentParts {
  /** The parts of these coerced arguments that the catalog does not have, each as `Admission.part` has it. */
  find(values: JsonObject): readonly string[];
  /** The effects by part; a part that is not in it was admitted for other operations only. */
  readonly effects: ReadonlyMap<string, Effect>;
}

/** What was admitted, looked up by what a document uses. */
export interface Admitted {
  /** The catalog without it: what names its operations. */
  readonly base: GraphqlCatalog;
  /** The name under which a root, `Query.x`, was admitted. */
  readonly names: ReadonlyMap<string, string>;
  /** By operation, then part. */
  readonly parts: ReadonlyMap<string, ReadonlyMap<string, Effect>>;
  /** Of a field by its name in selectors; `undefined` where none of its arguments can hold anything admitted. */
  argumentParts(
    type: GraphQLCompositeType,
    field: GraphQLField<unknown, unknown>,
    name: string,
  ): ArgumentParts | undefined;
}

/** `Type.field(argument)`, `Input.field` and `Enum=VALUE` of all that was admitted to known things. */
type Marks = ReadonlySet<string>;

/** Makes the index. */
export function makeAdmitted({
  marks,
  ...rest
}: Omit<Admitted, 'argumentParts'> & { readonly marks: Marks }): Admitted {
  const holding = new Map<string, boolean>();
  return {
    ...rest,
    argumentParts(type, field, name) {
      const own = field.args.filter((argument) => marks.has(`${type.name}.${field.name}(${argument.name})`));
      if (own.length === 0 && !field.args.some((argument) => mayHold(marks, holding, argument.type))) return undefined;
      const find = (values: JsonObject): readonly string[] => {
        const found = new Set<string>();
        for (const argument of field.args) {
          if (!Object.hasOwn(values, argument.name)) continue;
          if (own.includes(argument)) found.add(argument.name);
          look({ marks, found }, { type: argument.type, value: values[argument.name], path: argument.name });
        }
        return [...found];
      };
      return { find, effects: rest.parts.get(name) ?? new Map() };
    },
  };
}

/** Looks through all that lies in a type; only the answer for a whole type is remembered, since input types may hold each other. */
function mayHold(marks: Marks, known: Map<string, boolean>, type: GraphQLInputType): boolean {
  const outer = getNamedType(type);
  const before = known.get(outer.name);
  if (before !== undefined) return before;
  const inside = new Set([outer]);
  let holds = false;
  for (const named of inside) {
    if (isEnumType(named)) holds ||= named.getValues().some(({ name }) => marks.has(`${named.name}=${name}`));
    if (!isInputObjectType(named)) continue;
    for (const field of Object.values(named.getFields())) {
      holds ||= marks.has(`${named.name}.${field.name}`);
      inside.add(getNamedType(field.type));
    }
  }
  known.set(outer.name, holds);
  return holds;
}

interface Search {
  readonly marks: Marks;
  readonly found: Set<string>;
}

interface Place {
  readonly type: GraphQLInputType;
  readonly value: unknown;
  readonly path: string;
}

function look(looking: Search, { type, value, path }: Place): void {
  if (value === null || value === undefined) return;
  const inner = getNullableType(type);
  if (isListType(inner)) {
    for (const item of Array.isArray(value) ? value : [value])
      look(looking, { type: inner.ofType, value: item, path: `${path}[]` });
  } else if (isEnumType(inner)) {
    if (looking.marks.has(`${inner.name}=${String(value)}`)) looking.found.add(`${path}=${String(value)}`);
  } else if (isInputObjectType(inner) && isJsonObject(value)) {
    for (const field of Object.values(inner.getFields())) {
      if (!Object.hasOwn(value, field.name)) continue;
      const at = `${path}.${field.name}`;
      if (looking.marks.has(`${inner.name}.${field.name}`)) looking.found.add(at);
      look(looking, { type: field.type, value: value[field.name], path: at });
    }
  }
}
