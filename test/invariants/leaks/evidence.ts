import { leaksIn, type Marker } from './markers.ts';

/** Everything that was planted, and every answer that came. */
export class Evidence {
  readonly markers: Marker[] = [];
  readonly answers: { readonly where: string; readonly text: string }[] = [];

  plant(name: string, secret: string): string {
    if (secret.length < 8) throw new Error(`${name} is too short to be found`);
    this.markers.push({ name, secret });
    return secret;
  }

  /** Keeps an answer, and returns it; `handsOut` is the one secret that it is for. */
  keep(where: string, text: string, handsOut?: string): string {
    this.answers.push({ where, text: handsOut === undefined ? text : text.replaceAll(handsOut, '') });
    return text;
  }

  leaks(): readonly string[] {
    return this.answers.flatMap(({ where, text }) => leaksIn(where, text, this.markers));
  }
}
