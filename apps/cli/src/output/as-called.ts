/**
 * Writes the commands in our own sentences as this program was called: `writ login` becomes `npx writ login` where there is no `writ`
 * on the path.
 */
export function asCalled(text: string, program: string): string {
  return program === 'writ' ? text : text.replace(/(?<=^|[`("'\s])(?<!npx )writ (?=[a-z[-])/gm, `${program} `);
}
