import { documentsOf } from '../../graphql/ask/documents.ts';
import { GRAPHQL_PATH } from '../questions/path.ts';

/** Railway's words for an id that does not exist, or not for this token. */
const NOT_FOUND = /not found|not authorized|unauthorized|forbidden|does not exist/i;

/** How Railway is asked the documents of `questions/`. */
export const { askFor, findBy, readPages } = documentsOf({
  title: 'Railway',
  path: GRAPHQL_PATH,
  saysNotFound: (message) => NOT_FOUND.test(message),
});
