/** How the generated file is written: one type a line, so that a change of the schema reads as a change of the file. */
import type { SchemaFacts } from '../src/graphql/catalog.ts';

/** The facts as JSON text, ending in a newline. */
export function layout(facts: SchemaFacts): string {
  const sections = Object.entries(facts).map(([name, value]) => `${JSON.stringify(name)}: ${section(value)}`);
  return `{\n${sections.join(',\n')}\n}\n`;
}

function section(value: unknown): string {
  if (typeof value === 'string' || Array.isArray(value) || value === null) return JSON.stringify(value);
  const lines = Object.entries(value as object).map(([name, type]) => `${JSON.stringify(name)}: ${body(name, type)}`);
  return `{\n${lines.join(',\n')}\n}`;
}

/** The two roots are long: one field a line. */
function body(name: string, type: unknown): string {
  if (name !== 'Query' && name !== 'Mutation') return JSON.stringify(type);
  const { fields } = type as { fields: object };
  const lines = Object.entries(fields).map(([field, value]) => `${JSON.stringify(field)}: ${JSON.stringify(value)}`);
  return `{"fields": {\n${lines.join(',\n')}\n}}`;
}
