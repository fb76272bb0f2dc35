import { Inert } from '../../parts/inert.tsx';
import { ButtonLink, TextLink } from '../../parts/link.tsx';
import { Page } from '../../parts/page.tsx';
import { Empty } from '../../parts/states.tsx';

/** Deleted, or never there. */
export function Gone({ id }: { readonly id: string }) {
  return (
    <Page title="Grant" above={<TextLink to="/grants">Grants</TextLink>}>
      <Empty title="There is no such grant" action={<ButtonLink to="/grants">See the grants there are</ButtonLink>}>
        <Inert text={id} /> was deleted, or never was. The audit log tells who took it back.
      </Empty>
    </Page>
  );
}
