import { useMay } from '../api/me.ts';
import { TextLink } from './link.tsx';

/** The way from a refused request to the grant that would have let it pass, for who may make one. */
export function MendLink({ request_id }: { readonly request_id: string }) {
  return useMay('admin') ? (
    <TextLink inherit underline="always" to="/grants/new" search={{ request: request_id }}>
      Make the smallest grant that would do
    </TextLink>
  ) : null;
}
