import { inert } from '@writ/core';
import classes from './inert.module.css';

/** What `inert` writes for a character that would act instead of being seen. */
const MADE_VISIBLE = /(\\u\{[0-9a-f]+\})/;

/**
 * Foreign text: of an agent, a provider, another person. Characters that would reorder, hide or move text are shown as what they are,
 * marked, so that nobody takes them for part of a name. Never used for HTML.
 */
export function Inert({ text }: { readonly text: string }) {
  const shown = inert(text);
  if (shown === text) return text;
  return shown.split(MADE_VISIBLE).map((part, index) =>
    MADE_VISIBLE.test(part) ? (
      <span key={index} className={classes.hidden} title="A character that is not seen">
        {part}
      </span>
    ) : (
      part
    ),
  );
}

/** The same for text of several lines, which keeps its line breaks and tabs. */
export function InertLines({ text }: { readonly text: string }) {
  return text
    .split(/([\n\t])/)
    .map((part, index) => (part === '\n' || part === '\t' ? part : <Inert key={index} text={part} />));
}

/** An agent's own words, set apart: nothing in them was found out by Writ. */
export function Quotation({ text, who }: { readonly text: string | null; readonly who: string }) {
  return (
    <figure className={classes.quotation}>
      <blockquote>{text === null ? <em>no purpose was given</em> : <Inert text={text} />}</blockquote>
      <figcaption>in the words of {<Inert text={who} />}, not checked by Writ</figcaption>
    </figure>
  );
}
