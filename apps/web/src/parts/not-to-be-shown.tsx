import { ApiError } from '@writ/api';
import { ButtonLink } from './link.tsx';
import { Page } from './page.tsx';
import { Empty, Failure } from './states.tsx';

interface NotToBeShownProps {
  /** What would stand here: `task`. */
  readonly what: string;
  readonly query: { readonly error: unknown; readonly refetch: () => unknown };
}

/** Stands where one thing of an agent's would be that is not there, or cannot be read now: why, and the way on. */
export function NotToBeShown({ what, query: { error, refetch } }: NotToBeShownProps) {
  const isGone = error instanceof ApiError && error.status === 404;
  return (
    <Page title={isGone ? 'Not found' : 'Not to be shown'}>
      {isGone ? (
        <Empty title={`There is no such ${what}`} action={<ButtonLink to="/approvals">Go to the inbox</ButtonLink>}>
          The link may be mistyped, or it was so long ago that it is kept no more. The log keeps what was decided.
        </Empty>
      ) : (
        <Failure error={error} retry={() => void refetch()} />
      )}
    </Page>
  );
}
