/**
 * `catalog:railway <introspection.json>`: derives `schema.generated.json` from an introspection of Railway's schema, and tells
 * what in it nobody has reviewed yet and what was reviewed but is gone. The introspection itself is not part of the repository.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { schemaFacts } from './facts.ts';
import { layout } from './layout.ts';
import { reviewGap } from './review-gap.ts';

const target = new URL('../src/railway/catalog/schema.generated.json', import.meta.url);

const [path] = process.argv.slice(2);
if (path === undefined) {
  console.error('Give the path of the introspection: catalog:railway <introspection.json>');
  process.exitCode = 2;
} else {
  const facts = schemaFacts(readFileSync(path));
  writeFileSync(target, layout(facts));
  const gap = reviewGap(facts);
  console.log(gap.length === 0 ? 'Everything is reviewed.' : gap.join('\n'));
  process.exitCode = gap.length === 0 ? 0 : 1;
}
