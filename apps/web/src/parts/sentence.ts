/** The text with a capital at its beginning. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The text as a sentence: with a capital, and with a stop where it has none. */
export function sentence(text: string): string {
  const words = capital(text);
  return /[.!?]$/.test(words) ? words : `${words}.`;
}
