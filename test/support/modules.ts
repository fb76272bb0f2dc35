/** The project's TypeScript as declarations and who names whom: what the tests of exports and of unreached code ask. */
import { posix } from 'node:path';
import { parseSync } from 'rolldown/utils';
import { filesBelow, type SourceFile } from './sources.ts';

/** A name as it is asked for: the file that is imported, and the name there; `*` is all of it. */
interface Origin {
  readonly file: string;
  readonly name: string;
  /** The package whose index was asked, when the import names a package. */
  readonly of?: string;
}

/** One file, with every name followed to the file that declares it. Ids are `file#name`. */
export interface ModuleFile {
  readonly path: string;
  /** What it declares at its top level, each with the ids that the declaration names. */
  readonly declares: ReadonlyMap<string, ReadonlySet<string>>;
  /** Those of the names that are types and nothing else. */
  readonly types: ReadonlySet<string>;
  /** What it exports, by the exported name: the id of the declaration, which may be in another file. */
  readonly exports: ReadonlyMap<string, string>;
  /** The ids that its statements name when it is loaded. */
  readonly runs: ReadonlySet<string>;
  /** Files that are loaded with it. */
  readonly loads: readonly string[];
  /** All ids that anything in it names. */
  readonly names: ReadonlySet<string>;
  /** What it takes from a package's index, as `package#name`. */
  readonly takes: ReadonlySet<string>;
  /** True when it says `export *`. */
  readonly hasStar: boolean;
}

interface Node {
  readonly type: string;
  readonly [member: string]: unknown;
}

/** A file as it stands, before names are followed into other files. */
class Draft {
  readonly path: string;
  /** Local name to where it comes from. */
  readonly imported = new Map<string, Origin>();
  /** Exported name to where it comes from: this file itself, or another. */
  readonly exported = new Map<string, Origin>();
  readonly stars: string[] = [];
  readonly declared = new Map<string, Node[]>();
  readonly running: Node[] = [];
  readonly loads: string[] = [];

  constructor({ path, text }: SourceFile) {
    this.path = path;
    const { program, errors } = parseSync(path, text);
    if (errors.length > 0) throw new Error(`${path} cannot be parsed`);
    for (const statement of program.body as unknown as Node[]) this.#read(statement);
  }

  #read(statement: Node): void {
    const source = statement['source'] as { readonly value: string } | null | undefined;
    const target = source ? targetOf(this.path, source.value) : undefined;
    if (target !== undefined) this.loads.push(target.file);
    switch (statement.type) {
      case 'ImportDeclaration':
        for (const one of target ? nodes(statement['specifiers']) : []) {
          const name = one.type === 'ImportSpecifier' ? nameOf(one['imported']) : '*';
          this.imported.set(nameOf(one['local']), { ...(target as Origin), name });
        }
        break;
      case 'ExportAllDeclaration':
        if (target && statement['exported']) this.exported.set(nameOf(statement['exported']), target);
        else if (target) this.stars.push(target.file);
        break;
      case 'ExportNamedDeclaration':
        this.#readExport(statement, target);
        break;
      default:
        if (this.#declare(statement).length === 0) this.running.push(statement);
    }
  }

  #readExport(statement: Node, target: Origin | undefined): void {
    const own = (name: string): Origin => ({ file: this.path, name });
    const declaration = statement['declaration'] as Node | null;
    for (const name of declaration ? this.#declare(declaration) : []) this.exported.set(name, own(name));
    for (const one of nodes(statement['specifiers'])) {
      const local = nameOf(one['local']);
      const origin = target ? { ...target, name: local } : (this.imported.get(local) ?? own(local));
      if (target || !statement['source']) this.exported.set(nameOf(one['exported']), origin);
    }
  }

  /** Keeps what a statement declares, and returns the names: none when it only runs. */
  #declare(statement: Node): string[] {
    // What a library's own types are told is nobody's to import.
    if (statement.type === 'TSModuleDeclaration') return [];
    if (!/^(Variable|Function|Class|TS\w+)Declaration$|^TSDeclareFunction$/.test(statement.type)) return [];
    const parts = statement.type === 'VariableDeclaration' ? nodes(statement['declarations']) : [statement];
    return parts.flatMap((part) => {
      const names = boundNames(part['id'] as Node);
      // A type and a value of one name, and overloads, are one declaration here.
      for (const name of names) this.declared.set(name, [...(this.declared.get(name) ?? []), part]);
      return names;
    });
  }
}

/** Reads files, and follows every name to the file that declares it. */
export function readProgram(files: readonly SourceFile[]): ReadonlyMap<string, ModuleFile> {
  const drafts = new Map(files.map((file) => [file.path, new Draft(file)]));
  const known = new Map<string, ReadonlyMap<string, string>>();
  const exportsOf = (path: string): ReadonlyMap<string, string> => {
    const before = known.get(path);
    if (before !== undefined) return before;
    const found = new Map<string, string>();
    known.set(path, found);
    const draft = drafts.get(path);
    for (const star of draft?.stars ?? []) for (const [name, id] of exportsOf(star)) found.set(name, id);
    for (const [name, origin] of draft?.exported ?? []) for (const id of idsOf(origin)) found.set(name, id);
    return found;
  };
  const idsOf = ({ file, name }: Origin): string[] => {
    if (name === '*') return [...exportsOf(file).values()];
    if (drafts.get(file)?.declared.has(name)) return [`${file}#${name}`];
    const id = exportsOf(file).get(name);
    return id === undefined ? [] : [id];
  };
  return new Map([...drafts].map(([path, draft]) => [path, finish(draft, { exportsOf, idsOf })]));
}

/** How names are followed into other files. */
interface NameLookup {
  readonly exportsOf: (path: string) => ReadonlyMap<string, string>;
  readonly idsOf: (origin: Origin) => readonly string[];
}

function finish(draft: Draft, { exportsOf, idsOf }: NameLookup): ModuleFile {
  const takes = new Set<string>();
  const idsIn = (part: unknown): Set<string> => {
    const origins = originsIn(part, draft);
    for (const { of, name } of origins) if (of !== undefined) takes.add(`${of}#${name}`);
    return new Set(origins.flatMap(idsOf));
  };
  const declares = new Map([...draft.declared].map(([name, parts]) => [name, idsIn(parts)]));
  const runs = idsIn(draft.running);
  for (const { of, name } of draft.exported.values()) if (of !== undefined) takes.add(`${of}#${name}`);
  return {
    path: draft.path,
    declares,
    types: new Set([...draft.declared].filter(([, parts]) => parts.every(isType)).map(([name]) => name)),
    exports: exportsOf(draft.path),
    runs,
    loads: draft.loads,
    names: new Set([...declares.values(), runs].flatMap((ids) => [...ids])),
    takes,
    hasStar: draft.stars.length > 0,
  };
}

function isType({ type }: Node): boolean {
  return type === 'TSInterfaceDeclaration' || type === 'TSTypeAliasDeclaration';
}

/**
 * Where the names in a piece of code come from. A local variable's name counts as the file's own of that name: too much is used, never too
 * little.
 */
function originsIn(part: unknown, draft: Draft): Origin[] {
  if (Array.isArray(part)) return part.flatMap((one) => originsIn(one, draft));
  if (typeof part !== 'object' || part === null || !('type' in part)) return [];
  const node = part as Node;
  const within = (...members: string[]): Origin[] => members.flatMap((member) => originsIn(node[member], draft));
  switch (node.type) {
    case 'Identifier':
      return [...originOf(draft, nameOf(node)), ...within('typeAnnotation')];
    case 'JSXIdentifier':
      return originOf(draft, nameOf(node));
    case 'JSXAttribute':
      return within('value');
    case 'MemberExpression':
      return node['computed'] ? within('object', 'property') : memberOf(draft, node['object'], node['property']);
    case 'TSQualifiedName':
      return memberOf(draft, node['left'], node['right']);
    case 'ImportExpression':
    case 'TSImportType': {
      const { value } = (node['source'] ?? node['argument']) as { readonly value?: string };
      const target = typeof value === 'string' ? targetOf(draft.path, value) : undefined;
      return [...(target ? [target] : []), ...within('typeArguments')];
    }
    default: {
      // Names of members are nobody's declaration.
      const skipped = node['computed'] === true ? [] : ['key', 'label'];
      return within(...Object.keys(node).filter((member) => !skipped.includes(member)));
    }
  }
}

function memberOf(draft: Draft, object: unknown, property: unknown): Origin[] {
  const found = originsIn(object, draft);
  const [only] = found;
  return only?.name === '*' && found.length === 1 ? [{ ...only, name: nameOf(property) }] : found;
}

function originOf(draft: Draft, name: string): Origin[] {
  const imported = draft.imported.get(name);
  if (imported !== undefined) return [imported];
  return draft.declared.has(name) ? [{ file: draft.path, name }] : [];
}

/** Where an import leads: a file of ours and all of it, or undefined for a library. */
function targetOf(from: string, specifier: string): Origin | undefined {
  if (specifier.startsWith('.')) return { file: posix.join(posix.dirname(from), specifier), name: '*' };
  const file = entries.get(specifier);
  return file === undefined ? undefined : { file, name: '*', of: specifier };
}

/** The file behind each name by which a package of ours is imported. */
const entries: ReadonlyMap<string, string> = new Map(
  ['packages', 'apps']
    .flatMap((folder) => filesBelow(folder, ['/package.json']))
    .flatMap(({ path, text }) => {
      const { name, exports = {} }: Manifest = JSON.parse(text);
      return Object.entries(exports).map(([entry, { source }]) => [
        posix.join(name, entry),
        posix.join(posix.dirname(path), source),
      ]);
    }),
);

interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, { readonly source: string }>>;
}

function boundNames(pattern: Node): string[] {
  switch (pattern.type) {
    case 'ObjectPattern':
      return nodes(pattern['properties']).flatMap((one) => boundNames((one['value'] ?? one['argument']) as Node));
    case 'ArrayPattern':
      return nodes(pattern['elements']).flatMap((one) => (one ? boundNames(one) : []));
    case 'AssignmentPattern':
      return boundNames(pattern['left'] as Node);
    case 'RestElement':
      return boundNames(pattern['argument'] as Node);
    default:
      return [nameOf(pattern)];
  }
}

function nodes(value: unknown): Node[] {
  return value as Node[];
}

function nameOf(identifier: unknown): string {
  const { name, value } = identifier as { readonly name?: string; readonly value?: string };
  return name ?? value ?? '';
}
