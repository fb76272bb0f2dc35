import type { Approval, Shown } from '../../parts/gist.ts';
import { LastCalls } from '../../parts/last-calls.tsx';
import { Section } from '../../parts/page.tsx';
import { WholeRequest } from './request.tsx';
import { ProviderFacts, WhatDies } from './shown.tsx';

interface WhatItDoesProps {
  readonly approval?: Approval;
  readonly shown: Shown;
  /** Whether it has changed since, so that nothing here does anything any more. */
  readonly dead?: boolean;
}

/** What a request does, as far as Writ and the provider know. */
export function WhatItDoes({ approval, shown, dead = false }: WhatItDoesProps) {
  const { blast_radius: blast } = shown;
  const mayLook = approval?.state === 'pending' && approval.may_approve;
  return (
    <>
      {blast === null || !tells(blast) ? null : (
        <Section title="What dies">
          <WhatDies blast={blast} />
        </Section>
      )}
      <Section title="What it does" about="From the catalog, and from the provider's answers.">
        <ProviderFacts shown={shown} />
        <WholeRequest request={shown.request} lookAt={mayLook ? approval.id : undefined} dead={dead} />
      </Section>
    </>
  );
}

function tells({
  dies,
  backups_lost,
  backups_left,
  unknown,
  undescribable,
}: NonNullable<Shown['blast_radius']>): boolean {
  return [dies, backups_lost, backups_left, unknown, undescribable].some((list) => list.length > 0);
}

/** The task's last calls. */
export function Calls({ calls }: { readonly calls: Shown['last_calls'] | undefined }) {
  return calls === undefined ? null : (
    <Section title="The task's last calls">
      <LastCalls calls={calls} none="This is the first call of its task." />
    </Section>
  );
}
