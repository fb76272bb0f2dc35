import type { ErrorComponentProps } from '@tanstack/react-router';
import { useEffect } from 'react';
import { LoadAnew } from '../api/load.ts';
import { Page } from '../parts/page.tsx';
import { Failure, Loading } from '../parts/states.tsx';

/** A page that could not be shown. One that could not be loaded while the broker was away is loaded anew by itself. */
export function PageFailed({ error }: ErrorComponentProps) {
  const isOld = error instanceof LoadAnew;
  useEffect(() => {
    if (isOld) location.reload();
  }, [isOld]);
  return isOld ? (
    <Loading />
  ) : (
    <Page title="Something went wrong">
      <Failure error={error} retry={() => location.reload()} />
    </Page>
  );
}
