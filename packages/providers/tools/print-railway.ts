/**
 * `catalog:railway:print [--json]`: the review of Railway's operations as a table to read, mutations first, or as JSON.
 * Fields are in it where they are more than a plain read that stays where it is.
 */
import { railwayCatalog } from '../src/railway/catalog/index.ts';
import { fieldRows, operationRows, table } from './rows.ts';

const sections = {
  mutations: operationRows(railwayCatalog.mutations),
  queries: operationRows(railwayCatalog.queries),
  fields: fieldRows(railwayCatalog.fields),
};

if (process.argv.includes('--json')) {
  console.log(JSON.stringify({ version: railwayCatalog.version, ...sections }, null, 2));
} else {
  for (const [title, rows] of Object.entries(sections)) console.log(`${title} (${rows.length})\n\n${table(rows)}\n`);
  console.log(`version ${railwayCatalog.version}`);
}
