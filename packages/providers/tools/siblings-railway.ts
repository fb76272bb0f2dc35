/** `catalog:railway:siblings`: prints what is alike by name and reviewed unlike, with why it stays where somebody said so. */
import { REVIEWED_SIBLINGS } from './reviewed-siblings.ts';
import { disagreements } from './siblings.ts';

const rows = disagreements().map(({ about, row }) => ({ about, row, reason: REVIEWED_SIBLINGS.get(row) }));
const open = rows.filter(({ reason }) => reason === undefined);
for (const { about, row, reason } of rows)
  console.log(`${about.padEnd(8)} ${row}\n         ${reason ?? 'NOT REVIEWED'}`);
console.log(`${rows.length} disagree, ${open.length} not reviewed.`);
process.exitCode = open.length === 0 ? 0 : 1;
