/** What Writ judges of a GraphQL request is what graphql-js executes of it. */
import { canonicalJson, type JsonValue, type ProviderRequest, WritError } from '@writ/core';
import fc from 'fast-check';
import {
  type DocumentNode,
  execute,
  GraphQLError,
  type GraphQLOutputType,
  getNamedType,
  getNullableType,
  isAbstractType,
  isListType,
  parse,
  validate,
  visit,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { type GraphqlClassified, makeGraphqlEngine } from '../../packages/providers/src/graphql/classify.ts';
import { type GeneratedRequest, writeRequest } from './document.ts';
import { catalog, schema } from './schema.ts';

const RUNS = { numRuns: 600, endOnFailure: true } as const;
const engine = makeGraphqlEngine(catalog, { paths: ['/'] });

function classify(body: GeneratedRequest): GraphqlClassified {
  return engine.classify({ request: postOf(body) }, new Map());
}

/** Every (type, field, arguments) that was judged; an interface stands for each of its members. */
function judgedOf({ operations }: GraphqlClassified): Set<string> {
  const judged = new Set<string>();
  for (const { note, arguments: values } of operations) {
    const name = note.type;
    const type = schema.getType(name);
    const members = isAbstractType(type) ? schema.getPossibleTypes(type).map((member) => member.name) : [name];
    if (note.field !== '__typename')
      for (const member of members) judged.add(canonicalJson([member, note.field, values]));
  }
  return judged;
}

/** Every (type, field, arguments) that graphql-js resolves. */
function executedOf(document: DocumentNode, { variables, operationName }: GeneratedRequest): Set<string> {
  const executed = new Set<string>();
  const result = execute({
    schema,
    document,
    variableValues: variables,
    operationName: operationName || null,
    fieldResolver(_source, args, _context, { parentType, fieldName, returnType }) {
      executed.add(canonicalJson([parentType.name, fieldName, args]));
      return answer(returnType);
    },
    typeResolver: (value) =>
      typeof value === 'object' && value !== null && 'is' in value ? String(value.is) : undefined,
  });
  expect(result).not.toBeInstanceOf(Promise);
  return executed;
}

/** A value of a type; lists of what can be several types hold one of each. */
function answer(type: GraphQLOutputType): unknown {
  const nullable = getNullableType(type);
  const named = getNamedType(type);
  if (isListType(nullable)) {
    return isAbstractType(named)
      ? schema.getPossibleTypes(named).map(({ name }) => ({ is: name }))
      : [answer(nullable.ofType)];
  }
  return { ID: 'id', String: 'text', Int: 1, JSON: {} }[named.name] ?? {};
}

function withoutDirectives(document: DocumentNode): DocumentNode {
  return visit(document, { Directive: () => null });
}

/** True where an interface or union is narrowed to another: the classifier then counts members that cannot occur. */
function crossesAbstractTypes(query: string): boolean {
  return /on (?:Node|Named|Any)\b/.test(query);
}

function forwarded(classified: GraphqlClassified): GeneratedRequest {
  return JSON.parse(new TextDecoder().decode(classified.forward.body));
}

describe('differential: generated documents', { timeout: 60_000 }, () => {
  test('what is judged is what graphql-js would execute, were every @skip and @include taken', () => {
    let equal = 0;
    fc.assert(
      fc.property(fc.gen(), (gen) => {
        const request = writeRequest(gen);
        const valid = validate(schema, parse(request.query)).length === 0;
        fc.pre(valid);
        const classified = classify(request);
        const sent = forwarded(classified);
        const executed = executedOf(withoutDirectives(parse(sent.query)), sent);
        const judged = judgedOf(classified);
        expect(executedOf(withoutDirectives(parse(request.query)), request)).toEqual(executed);
        if (crossesAbstractTypes(request.query))
          expect([...executed].filter((field) => !judged.has(field))).toEqual([]);
        else expect(judged).toEqual(executed);
        equal += crossesAbstractTypes(request.query) ? 0 : 1;
      }),
      RUNS,
    );
    expect(equal).toBeGreaterThan(250);
  });

  test('with any directives, and even if the server does not validate, nothing executes that was not judged', () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.gen(), (gen) => {
        const request = writeRequest(gen);
        const classified = attempt(request);
        if (!classified) return;
        accepted += 1;
        const sent = forwarded(classified);
        const judged = judgedOf(classified);
        expect([...executedOf(parse(sent.query), sent)].filter((field) => !judged.has(field))).toEqual([]);
      }),
      RUNS,
    );
    expect(accepted).toBeGreaterThan(250);
  });

  test('judged again, what is forwarded gives the same operations and the same bytes', () => {
    fc.assert(
      fc.property(fc.gen(), (gen) => {
        const first = attempt(writeRequest(gen));
        if (!first) return;
        const second = engine.classify({ request: first.forward }, new Map());
        expect(second.operations).toEqual(first.operations);
        expect(Buffer.from(second.forward.body).toString()).toBe(Buffer.from(first.forward.body).toString());
      }),
      { ...RUNS, numRuns: 300 },
    );
  });

  test('dressed up with what means nothing, by POST or as a query by GET, it is judged as graphql-js executes it', () => {
    let byGet = 0;
    fc.assert(
      fc.property(fc.gen(), (gen) => {
        const request = writeRequest(gen);
        const plain = attempt(request);
        if (!plain) return;
        const dressed = dress(gen, request);
        const classified = engine.classify({ request: dressed.sent }, new Map());
        byGet += dressed.sent.method === 'GET' ? 1 : 0;
        expect(classified.operations).toEqual(plain.operations);
        expect(classified.forward).toEqual(plain.forward);
        const sent = forwarded(classified);
        expect(executedOf(parse(dressed.request.query), dressed.request)).toEqual(executedOf(parse(sent.query), sent));
      }),
      // About one document in five is sent by GET: enough of them for the count below not to depend on luck.
      { ...RUNS, numRuns: 900 },
    );
    expect(byGet).toBeGreaterThan(100);
  });

  test('a mutation by GET is refused, for every operation of the document that can be chosen', () => {
    fc.assert(
      fc.property(fc.gen(), (gen) => {
        const request = writeRequest(gen);
        if (attempt(request)?.operations.some(({ note }) => note.type === 'Mutation')) {
          expect(() => engine.classify({ request: getOf(request) }, new Map())).toThrow('A mutation goes by POST');
        }
      }),
      { ...RUNS, numRuns: 200 },
    );
  });

  test('text that was tampered with is refused or judged as graphql-js executes it, and never crashes', () => {
    fc.assert(
      fc.property(
        fc.gen(),
        fc.nat(),
        fc.constantFrom('{', '}', '"', '...', 'on', '@', '$', '!', '#', '\ufeff', 'null'),
        (gen, at, put) => {
          const request = writeRequest(gen);
          const cut = at % request.query.length;
          const tampered = {
            ...request,
            query: `${request.query.slice(0, cut)} ${put} ${request.query.slice(cut + put.length)}`,
          };
          const classified = attempt(tampered);
          if (!classified) return;
          const judged = judgedOf(classified);
          expect([...executedOf(parse(tampered.query), tampered)].filter((field) => !judged.has(field))).toEqual([]);
        },
      ),
      RUNS,
    );
  });
});

/** Any JSON but what is refused at every place: a member named `__proto__`, and what not every reader reads alike. */
const jsonText = () => fc.json().filter((text) => !text.includes('__proto__') && !/\\u|-0/.test(text));

/** The same request with undeclared variables and extensions, an empty name where it has none; a query by GET half of the time. */
function dress(gen: fc.GeneratorValue, plain: GeneratedRequest): { request: GeneratedRequest; sent: ProviderRequest } {
  const isQuery = classify(plain).operations.every(({ note }) => note.type !== 'Mutation');
  const extensions = gen(
    fc.constantFrom,
    ...[{ clientLibrary: { name: 'x' } }, {}, ...(isQuery ? [{ any: [1] }] : [])],
  );
  const request = {
    operationName: '',
    ...plain,
    variables: { ...plain.variables, undeclared: JSON.parse(gen(jsonText)) as JsonValue },
  };
  const dressed = { ...request, extensions };
  return { request, sent: isQuery && gen(fc.boolean) ? getOf(dressed) : postOf(dressed) };
}

function postOf(body: object): ProviderRequest {
  const headers = { 'content-type': 'application/json' };
  return { method: 'POST', path: '/', query: '', headers, body: Buffer.from(JSON.stringify(body)) };
}

function getOf(members: object): ProviderRequest {
  const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
  const parameters = Object.entries(members).map(([name, value]): [string, string] => [name, text(value)]);
  const query = new URLSearchParams(parameters).toString();
  return { method: 'GET', path: '/', query, headers: {}, body: new Uint8Array() };
}

/** The classification, or nothing where it is refused. Any error but a refusal fails the test. */
function attempt(request: GeneratedRequest): GraphqlClassified | undefined {
  try {
    return classify(request);
  } catch (error) {
    if (error instanceof WritError && !(error instanceof GraphQLError)) return undefined;
    throw error;
  }
}
