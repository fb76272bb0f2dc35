import type { ErrorComponentProps } from '@tanstack/react-router';
import { Failure } from '../parts/states.tsx';

/** A page that could not be shown: an older page that stayed open while a newer one was installed reloads itself once asked. */
export function PageFailed({ error }: ErrorComponentProps) {
  return <Failure error={error} retry={() => location.reload()} />;
}
