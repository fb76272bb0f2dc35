/** The whole database as rows of text: read at one moment, and filled again. */
export { type Ended, type Load, loadData, refuseEmptyDatabase, refuseUsedDatabase } from './load.ts';
export { type Snapshot, takeSnapshot } from './snapshot.ts';
