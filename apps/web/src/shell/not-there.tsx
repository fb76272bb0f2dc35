import { ButtonLink } from '../parts/link.tsx';
import { Empty } from '../parts/states.tsx';

/** For an address that no page has. */
export function NotThere() {
  return (
    <Empty title="There is no such page" action={<ButtonLink to="/approvals">Go to the inbox</ButtonLink>}>
      The address may be mistyped, or what it was about is gone.
    </Empty>
  );
}
