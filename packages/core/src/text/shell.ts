/** One word of a command as a shell takes it: as it is where nothing in it means more to a shell, else in quotes. */
export function shellWord(text: string): string {
  return /^[\w./:@%+-][\w./:=@%+-]*$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
