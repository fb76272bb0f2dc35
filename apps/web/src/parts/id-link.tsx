import { Copy } from './copy.tsx';
import { TextLink } from './link.tsx';

interface IdLinkProps {
  readonly id: string;
  readonly to: '/tasks/$id' | '/approvals/$id';
  /** What it is the id of, for the button that copies it: `the task's id`. */
  readonly what: string;
}

/** An id that leads to the page of what it names, and can be copied. */
export function IdLink({ id, to, what }: IdLinkProps) {
  return (
    <span>
      <TextLink to={to} params={{ id }}>
        {id}
      </TextLink>{' '}
      <Copy text={id} what={what} />
    </span>
  );
}
