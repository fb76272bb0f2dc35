import { useQuery } from '@tanstack/react-query';
import { callOnce } from './client.ts';

/** By what one can sign in here. Asked by nobody in particular: a page that is not signed in asks too. */
export function useSignInMethods() {
  return useQuery({ queryKey: ['session.methods', {}], queryFn: () => callOnce('session.methods', {}) });
}
