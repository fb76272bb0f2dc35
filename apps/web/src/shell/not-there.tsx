import { ButtonLink } from '../parts/link.tsx';
import { Page } from '../parts/page.tsx';
import { Empty } from '../parts/states.tsx';

/** For an address that no page has. */
export function NotThere() {
  return (
    <Page title="Not found">
      <Empty title="There is no such page" action={<ButtonLink to="/approvals">Go to the inbox</ButtonLink>}>
        The address may be mistyped, or what it was about is gone.
      </Empty>
    </Page>
  );
}
