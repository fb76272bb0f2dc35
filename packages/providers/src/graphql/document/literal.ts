import {
  type GraphQLInputObjectType,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  isSpecifiedScalarType,
  Kind,
  type ObjectValueNode,
  type ValueNode,
} from 'graphql';

/** Tells whether a variable may stand where a type is expected. */
export type VariableFits = (name: string, expected: GraphQLInputType) => boolean;

/**
 * Tells whether a literal fits a type by the ordinary cases of the specification. `true` is certain, `false` is not: objects and lists of
 * opaque type, for example, are left to `validate`.
 */
export function fitsPlainly(value: ValueNode, type: GraphQLInputType, variable: VariableFits): boolean {
  if (value.kind === Kind.VARIABLE) return variable(value.name.value, type);
  if (isNonNullType(type)) return value.kind !== Kind.NULL && fitsPlainly(value, type.ofType, variable);
  if (value.kind === Kind.NULL) return true;
  if (isListType(type)) {
    const items = value.kind === Kind.LIST ? value.values : [value];
    return items.every((item) => fitsPlainly(item, type.ofType, variable));
  }
  if (isInputObjectType(type)) return value.kind === Kind.OBJECT && isObjectPlain(value, type, variable);
  if (isEnumType(type)) return value.kind === Kind.ENUM && type.getValue(value.value) !== undefined;
  return isScalarPlain(value, type.name, isSpecifiedScalarType(type));
}

function isObjectPlain(node: ObjectValueNode, type: GraphQLInputObjectType, variable: VariableFits): boolean {
  const fields = type.getFields();
  const given = new Set<string>();
  for (const { name, value } of node.fields) {
    const field = Object.hasOwn(fields, name.value) ? fields[name.value] : undefined;
    if (!field || given.has(name.value) || !fitsPlainly(value, field.type, variable)) return false;
    given.add(name.value);
  }
  return Object.values(fields).every((field) => given.has(field.name) || !isRequiredInputField(field));
}

const LARGEST_INT = 2_147_483_647;

function isScalarPlain({ kind, ...node }: ValueNode, type: string, specified: boolean): boolean {
  if (kind === Kind.STRING || kind === Kind.BOOLEAN) {
    return !specified || (kind === Kind.BOOLEAN ? type === 'Boolean' : type === 'String' || type === 'ID');
  }
  if (kind !== Kind.INT) return kind === Kind.FLOAT && (!specified || type === 'Float');
  if (type === 'Int') return 'value' in node && Math.abs(Number(node.value)) <= LARGEST_INT;
  return !specified || type === 'Float' || type === 'ID';
}
