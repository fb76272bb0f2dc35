import {
  execute,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLSchema,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { notAuthorized, type WorldContext } from './access.ts';
import { mutations } from './mutations.ts';
import { fields, queries } from './queries.ts';
import { railwaySchema } from './schema.ts';
import type { Row } from './world.ts';

/** A GraphQL request as it arrives in a JSON body. */
export interface GraphqlRequest {
  readonly query: string;
  readonly variables?: Record<string, unknown> | null;
  readonly operationName?: string | null;
}

/** A GraphQL answer; `status` is what Railway's server gives it. */
export interface GraphqlAnswer {
  readonly status: number;
  readonly body: { data?: unknown; errors?: readonly { message: string; path?: unknown }[] };
}

let schema: GraphQLSchema | undefined;

/** Executes a request against the world with graphql-js, as the token of the context. */
export async function executeInWorld(context: WorldContext, request: GraphqlRequest): Promise<GraphqlAnswer> {
  schema ??= railwaySchema();
  let document: ReturnType<typeof parse>;
  try {
    document = parse(request.query);
  } catch (error) {
    return { status: 400, body: { errors: [{ message: String(error) }] } };
  }
  const problems = validate(schema, document, specifiedRules);
  if (problems.length > 0) return { status: 400, body: { errors: problems.map(({ message }) => ({ message })) } };
  const result = await execute({
    schema,
    document,
    contextValue: context,
    variableValues: request.variables ?? {},
    operationName: request.operationName ?? null,
    fieldResolver: resolveField,
    typeResolver: (value, _, info) => {
      const named = (value as { __typename?: string }).__typename;
      return named ?? info.schema.getPossibleTypes(info.returnType as never)[0]?.name;
    },
  });
  return { status: 200, body: JSON.parse(JSON.stringify(result)) as GraphqlAnswer['body'] };
}

const resolveField: GraphQLFieldResolver<unknown, WorldContext> = (source, args, context, info) => {
  const parent = info.parentType.name;
  const row = (source ?? {}) as Row;
  const roots = parent === 'Query' ? queries : parent === 'Mutation' ? mutations : undefined;
  if (roots && !context.token) throw notAuthorized();
  const resolver = roots ? roots[info.fieldName] : fields[`${parent}.${info.fieldName}`];
  if (resolver) return resolver(row, args, context);
  return info.fieldName in row ? row[info.fieldName] : plausible(info.returnType, parent);
};

/** An answer of the right type for what the world does not hold. */
function plausible(type: GraphQLOutputType, parent: string): unknown {
  if (!isNonNullType(type)) return null;
  const inner = type.ofType;
  if (isListType(inner)) return [];
  if (isEnumType(inner)) return inner.getValues()[0]?.value;
  if (isScalarType(inner)) return plausibleScalar(inner.name, parent);
  return isObjectType(inner) ? { __typename: inner.name } : {};
}

function plausibleScalar(name: string, parent: string): unknown {
  if (name === 'Int' || name === 'Float' || name === 'BigInt') return 0;
  if (name === 'Boolean') return parent === 'Mutation';
  if (name === 'DateTime') return '2025-01-05T08:00:00.000Z';
  return name === 'String' || name === 'ID' ? 'x' : {};
}
