/** What can be changed in a source file so that a test should notice: operators, conditions, literals, what is returned, what is called. */
import { parseAst } from 'rolldown/parseAst';

/** One change: the text between two places, and what stands there instead. */
export interface Mutant {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A node of the syntax tree, as ESTree has it. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [member: string]: unknown;
}

/** What stands for an operator: the nearest other one, and its opposite. */
const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  '===': ['!=='],
  '!==': ['==='],
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '&&': ['||'],
  '||': ['&&'],
  '++': ['--'],
  '--': ['++'],
  '+=': ['-='],
  '-=': ['+='],
};

/** Methods that are mistaken for each other. */
const METHODS: Readonly<Record<string, string>> = {
  every: 'some',
  some: 'every',
  min: 'max',
  max: 'min',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
  toLowerCase: 'toUpperCase',
  find: 'findLast',
};

/** All mutants of a TypeScript file, in the order of the text. */
export function mutantsOf(source: string): readonly Mutant[] {
  const found: Mutant[] = [];
  visit(parseAst(source, { lang: 'ts' }) as unknown as Node, (node) => found.push(...mutantsAt(node, source)));
  return found.sort((a, b) => a.start - b.start || a.end - b.end);
}

/** The file with one change made. */
export function mutate(source: string, { start, end, text }: Mutant): string {
  return source.slice(0, start) + text + source.slice(end);
}

/** What the mutants of a node are; what an expression gives a condition can be true or false. */
function mutantsAt(node: Node, source: string): Mutant[] {
  const change = (at: Node, ...texts: readonly string[]): Mutant[] =>
    texts.map((text) => ({ start: at.start, end: at.end, text }));
  const own = (name: string): Node | undefined => asNode(node[name]);
  const [test, argument, body, callee] = [own('test'), own('argument'), own('body'), own('callee')];
  switch (node.type) {
    case 'IfStatement':
    case 'ConditionalExpression':
      return test === undefined ? [] : change(test, 'true', 'false');
    case 'WhileStatement':
    case 'ForStatement':
      // Never entered: one that never ends tells nothing that a test could.
      return test === undefined ? [] : change(test, 'false');
    case 'BinaryExpression':
    case 'LogicalExpression':
    case 'AssignmentExpression':
      return [
        ...operators(node, source),
        ...(node['operator'] === '??' ? change(node, textOf(own('left'), source)) : []),
      ];
    case 'UpdateExpression':
      return change(
        node,
        textOf(node, source).replace(/\+\+|--/, (found) => (found === '++' ? '--' : '++')),
      );
    case 'UnaryExpression':
      return node['operator'] === '!' ? change(node, textOf(argument, source)) : [];
    case 'ReturnStatement':
      return argument === undefined || isNothing(argument) ? [] : change(argument, 'undefined');
    case 'ArrowFunctionExpression':
      return body === undefined || body.type === 'BlockStatement' ? [] : change(body, 'undefined');
    case 'ThrowStatement':
      return change(node, ';');
    case 'ExpressionStatement':
      return isCall(own('expression')) ? change(node, ';') : [];
    case 'CallExpression':
      return callee?.type === 'MemberExpression' ? methods(asNode(callee['property']), source) : [];
    case 'Literal':
      return literals(node);
    case 'ArrayExpression':
      return Array.isArray(node['elements']) && node['elements'].length > 0 ? change(node, '[]') : [];
    default:
      return [];
  }
}

function operators(node: Node, source: string): Mutant[] {
  const [left, right] = [asNode(node['left']), asNode(node['right'])];
  const operator = String(node['operator']);
  if (left === undefined || right === undefined) return [];
  const start = source.indexOf(operator, left.end);
  const end = start + operator.length;
  return end > right.start ? [] : (OPERATORS[operator] ?? []).map((text) => ({ start, end, text }));
}

function methods(property: Node | undefined, source: string): Mutant[] {
  const other = property === undefined ? undefined : METHODS[textOf(property, source)];
  return property === undefined || other === undefined
    ? []
    : [{ start: property.start, end: property.end, text: other }];
}

function literals({ start, end, value }: Node): Mutant[] {
  if (typeof value === 'boolean') return [{ start, end, text: String(!value) }];
  if (typeof value === 'number') return [{ start, end, text: String(value + 1) }];
  return typeof value === 'string' && value !== '' ? [{ start, end, text: "''" }] : [];
}

function isCall(node: Node | undefined): boolean {
  const inner = node?.type === 'AwaitExpression' ? asNode(node['argument']) : node;
  return inner?.type === 'CallExpression' || inner?.type === 'AssignmentExpression';
}

function isNothing(node: Node): boolean {
  return node.type === 'Identifier' && node['name'] === 'undefined';
}

function textOf(node: Node | undefined, source: string): string {
  return node === undefined ? '' : source.slice(node.start, node.end);
}

/** Types, imports and names of members decide nothing when the program runs. */
function visit(node: Node, look: (node: Node) => void): void {
  if (/^(?:Import|ExportAll|TS(?!As|NonNull|Satisfies))/.test(node.type)) return;
  look(node);
  for (const [name, member] of Object.entries(node)) {
    if ((name === 'key' && node['computed'] !== true) || name === 'typeAnnotation' || name === 'source') continue;
    for (const child of Array.isArray(member) ? member : [member]) {
      const inner = asNode(child);
      if (inner !== undefined) visit(inner, look);
    }
  }
}

function asNode(value: unknown): Node | undefined {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
    ? (value as Node)
    : undefined;
}
