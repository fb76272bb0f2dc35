/**
 * What a migration may do within a minor version: add. Postgres' own parser reads it, and what is not known to be an addition is refused, so
 * that an older release, which runs beside it, still finds, and may still write, all that it knows.
 */
import { type Node, parse } from 'libpg-query';

/** A migration as its file says it, among those before it. */
export interface Reading {
  readonly text: string;
  /** It is the first of its minor version: older releases have ended, so it may do more, where it says why. */
  readonly isFirst?: boolean;
  /** The functions that are there before it. */
  readonly functions?: ReadonlySet<string>;
}

/** Tables from which no release ever removes a row: what refers to them keeps no older release from removing one. */
const KEPT = ['organizations', 'users', 'connections', 'clients'];

/** Answers what of a migration is no addition, a line each. Throws where it is no SQL. */
export async function notAdditions({ text, isFirst = false, functions = new Set() }: Reading): Promise<string[]> {
  const statements = await statementsOf(text);
  const made: Made = { tables: new Set(), functions: new Set(functions) };
  return statements.flatMap(({ node, source }) => {
    const wrong = wrongWith(node, { made, source });
    remember(node, made);
    const isExcused = isFirst && MARK.changes.test(source) && !('TransactionStmt' in node);
    return isExcused ? [] : wrong;
  });
}

/** The names of the functions that a migration makes. */
export async function functionsOf(text: string): Promise<string[]> {
  const made: Made = { tables: new Set(), functions: new Set() };
  for (const { node } of await statementsOf(text)) remember(node, made);
  return [...made.functions];
}

/** What stands before a statement that may do more, with the reason. */
const MARK = { rows: /^-- rows: \S.{9}/m, changes: /^-- changes: \S.{9}/m };

/** What there is of this file's own. */
interface Made {
  readonly tables: Set<string>;
  readonly functions: Set<string>;
}

interface Statement {
  readonly node: Node;
  /** With the comments before it. */
  readonly source: string;
}

async function statementsOf(text: string): Promise<Statement[]> {
  const bytes = Buffer.from(text);
  const { stmts = [] } = await parse(text);
  let end = 0;
  return stmts.flatMap(({ stmt, stmt_location: from = 0, stmt_len: length = bytes.length }) => {
    const source = bytes.subarray(end, from + length).toString();
    end = from + length;
    return stmt === undefined ? [] : [{ node: stmt, source }];
  });
}

function remember(node: Node, { tables, functions }: Made): void {
  if ('CreateStmt' in node) tables.add(node.CreateStmt.relation?.relname ?? '');
  if ('CreateFunctionStmt' in node) functions.add(functionName(node));
}

function functionName({
  CreateFunctionStmt: { funcname = [] },
}: Extract<Node, { CreateFunctionStmt: unknown }>): string {
  return funcname.map((part) => ('String' in part ? part.String.sval : '')).join('.');
}

interface Context {
  readonly made: Made;
  readonly source: string;
}

function wrongWith(node: Node, { made, source }: Context): string[] {
  const isOwn = (table: string | undefined): boolean => made.tables.has(table ?? '');
  if ('CommentStmt' in node) return [];
  if ('CreateStmt' in node) return wrongWithTable(node.CreateStmt, isOwn);
  if ('AlterTableStmt' in node) return wrongWithAlteration(node.AlterTableStmt, isOwn);
  if ('IndexStmt' in node) {
    const { relation, unique, concurrent } = node.IndexStmt;
    if (concurrent) return ['create index concurrently: a migration is one transaction'];
    return unique && !isOwn(relation?.relname)
      ? [`a unique index on ${relation?.relname}: older releases write doubles`]
      : [];
  }
  if ('CreateFunctionStmt' in node) {
    const name = functionName(node);
    return node.CreateFunctionStmt.replace || made.functions.has(name)
      ? [`another function ${name}: older releases call it`]
      : [];
  }
  if ('InsertStmt' in node || 'UpdateStmt' in node || 'DeleteStmt' in node)
    return wrongWithRows(node, { made, source });
  return [`${Object.keys(node)[0]} is not known to be an addition`];
}

type TableOf = Extract<Node, { CreateStmt: unknown }>['CreateStmt'];
type IsOwn = (table: string | undefined) => boolean;

function wrongWithTable(
  { relation, tableElts = [], inhRelations, if_not_exists: mayExist }: TableOf,
  isOwn: IsOwn,
): string[] {
  const own = relation?.relname;
  if (mayExist) return [`create table if not exists ${own}: another may be there already`];
  if (inhRelations !== undefined) return [`${own} is a part of another table`];
  return tableElts.flatMap((element) => {
    const constraints = 'ColumnDef' in element ? (element.ColumnDef.constraints ?? []) : [element];
    return constraints.flatMap((each) => wrongWithReference(each, (table) => table === own || isOwn(table)));
  });
}

/** A row that is referred to cannot be removed: an older release does not know what it would have to remove first. */
function wrongWithReference(constraint: Node, isOwn: IsOwn): string[] {
  if (!('Constraint' in constraint)) return [];
  const { pktable, fk_del_action: onDelete = '' } = constraint.Constraint;
  if (pktable === undefined || isOwn(pktable.relname) || ['c', 'n'].includes(onDelete)) return [];
  if (KEPT.includes(pktable.relname ?? '')) return [];
  return [`a reference to ${pktable.relname} that keeps older releases from removing its rows`];
}

type AlterationOf = Extract<Node, { AlterTableStmt: unknown }>['AlterTableStmt'];

function wrongWithAlteration({ relation, cmds = [] }: AlterationOf, isOwn: IsOwn): string[] {
  const table = relation?.relname;
  return cmds.flatMap((command) => {
    if (!('AlterTableCmd' in command)) return [`alter ${table}`];
    const { subtype, def } = command.AlterTableCmd;
    if (isOwn(table)) return def === undefined ? [] : wrongWithReference(def, isOwn);
    if (subtype !== 'AT_AddColumn' || def === undefined || !('ColumnDef' in def)) return [`${subtype} of ${table}`];
    const { colname, constraints = [] } = def.ColumnDef;
    return wrongWithColumn(constraints).map((why) => `${table}.${colname}: ${why}`);
  });
}

/** An older release writes rows without the column. */
function wrongWithColumn(constraints: readonly Node[]): string[] {
  const parts = constraints.flatMap((each) => ('Constraint' in each ? [each.Constraint] : []));
  const others = parts.filter(
    ({ contype = '' }) => !['CONSTR_NULL', 'CONSTR_NOTNULL', 'CONSTR_DEFAULT'].includes(contype),
  );
  const value = parts.find(({ contype }) => contype === 'CONSTR_DEFAULT')?.raw_expr;
  const isNeeded = parts.some(({ contype }) => contype === 'CONSTR_NOTNULL');
  return [
    ...others.map(({ contype }) => `${contype} on a table that is there already`),
    ...(isNeeded && value === undefined ? ['not null without a default: older releases do not write it'] : []),
    ...(value !== undefined && !isConstant(value) ? ['a default that is no constant: every row is written anew'] : []),
  ];
}

function isConstant(value: Node): boolean {
  if ('TypeCast' in value) return value.TypeCast.arg !== undefined && isConstant(value.TypeCast.arg);
  return 'A_Const' in value;
}

/** Rows of its own tables a migration may write as it likes. */
function wrongWithRows(node: Node, { made, source }: Context): string[] {
  const written = [
    ...JSON.stringify(node).matchAll(/"(?:Insert|Update|Delete|Merge)Stmt":\{"relation":\{"relname":"([^"]*)"/g),
  ];
  const others = written.map(([, table = '']) => table).filter((table) => !made.tables.has(table));
  if (others.length === 0 || MARK.rows.test(source)) return [];
  return others.map(
    (table) => `rows of ${table} are written without a reason before it (-- rows: why older releases may meet them)`,
  );
}
