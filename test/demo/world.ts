import type { RailwayUpstream } from '../support/railway-upstream/start.ts';
import { bold, dim, rows, rule } from './paint.ts';
import { type Place, placeOf } from './railway.ts';

/** What lies in the two environments that the story is about. */
export interface Seen {
  readonly production: Place;
  readonly staging: Place;
}

/** Reads the stand-in's world. */
export async function look(upstream: RailwayUpstream): Promise<Seen> {
  const world = await upstream.state();
  return { production: placeOf(world, 'e_production'), staging: placeOf(world, 'e_staging') };
}

const WIDTHS = [12, 33, 33];

/** Shows the world as a table. */
export function showWorld({ production, staging }: Seen): void {
  rows([['', 'production', 'staging']], { widths: WIDTHS, paint: [bold, bold, bold] });
  rule(WIDTHS);
  rows(
    [
      ['volumes', listOf(production.volumes), listOf(staging.volumes)],
      ['backups', String(production.backups), String(staging.backups)],
      ['domains', listOf(production.domains), listOf(staging.domains)],
    ],
    { widths: WIDTHS, paint: [dim] },
  );
}

function listOf(names: readonly string[]): string {
  return names.length === 0 ? '(none)' : names.join(', ');
}
